#!/usr/bin/env bash
# Runs a command beside Podman's Docker-compatible socket: tools/podman-engine.sh CMD...
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$PATH:/usr/lib/podman:/usr/libexec/podman \
  tools/programs.sh podman=podman netavark=netavark aardvark-dns=aardvark-dns
code=0
dk engine run --dockerd tools/podman -- "$@" || code=$?
# Podman's cgroups are in a place of their own; of these only empty folders are left.
find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2>/dev/null || true
exit $code
