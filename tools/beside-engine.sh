#!/usr/bin/env bash
# Runs a command with the engine that dk finds on this machine, or else beside a private one.
set -euo pipefail
cd "$(dirname "$0")/.."

if said=$(python examples/web/objects.py engine 2>&1); then
  echo "Using the Docker engine at $said"
  exec "$@"
fi
echo "$said"
if [ "$(uname)" != Linux ] || [ "$(id -u)" != 0 ]; then
  echo "Start an engine and try again, or as root on Linux let dk start one: sudo make demo" >&2
  exit 1
fi
echo "So this runs beside a private engine, which is gone afterwards."
tools/programs.sh dockerd=docker.io iptables=iptables
exec dk engine run -- "$@"
