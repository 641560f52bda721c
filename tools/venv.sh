#!/usr/bin/env bash
# Makes .venv and installs dk there: tools/venv.sh [GROUP]
# GROUP is a dependency group of pyproject.toml. The variable PYTHON names another Python.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "dk needs Python 3.11 or newer; another one: make PYTHON=python3.13 ..." >&2
  exit 1
fi

echo "Installing dk${1:+ and its dependency group \"$1\"} in .venv"
if [ ! -x .venv/bin/pip ]; then
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    tools/apt.sh "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
  "$python" -m venv .venv
fi
.venv/bin/pip install --quiet --disable-pip-version-check 'pip>=25.1' # the first with --group
.venv/bin/pip install --quiet --editable . ${1:+--group "$1"}
