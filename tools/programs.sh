#!/usr/bin/env bash
# Installs the programs that are missing: tools/programs.sh PROGRAM=PACKAGE...
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

packages=()
for pair in "$@"; do
  command -v "${pair%=*}" >/dev/null || packages+=("${pair#*=}")
done
[ ${#packages[@]} = 0 ] || "$(dirname "$0")/apt.sh" "${packages[@]}"
