#!/usr/bin/env bash
# Installs packages of Debian or Ubuntu, as root: tools/apt.sh PACKAGE...
# The services that come with them are not left running: dk needs programs, not servers.
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "please install $*: this is no Debian or Ubuntu" >&2
  exit 1
elif [ "$(id -u)" != 0 ]; then
  echo "please install $*: sudo apt-get install $*" >&2
  exit 1
fi

enabled_services() {
  [ -d /run/systemd/system ] || return 0
  systemctl list-unit-files --state=enabled --no-legend | cut -d ' ' -f 1 | sort
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "$@" >"$log" 2>&1 </dev/null || { tail -n 15 "$log" >&2; return 1; }
}

echo "Installing with apt-get: $*" >&2
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
before=$(enabled_services)
quietly apt-get update || true # one source in trouble need not be the one that is needed
quietly apt-get install --yes --no-install-recommends "$@"
mapfile -t new < <(comm -13 <(echo "$before") <(enabled_services))
[ ${#new[@]} = 0 ] || systemctl disable --now --quiet "${new[@]}"
