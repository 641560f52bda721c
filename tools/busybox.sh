#!/usr/bin/env bash
# Makes sure of a static busybox on PATH: this machine's, or Debian's unpacked into .venv/bin.
# One file that needs no other makes an image without any registry.
set -euo pipefail
cd "$(dirname "$0")/.."

is_static() {
  [ -x "$1" ] && head -c 4 "$1" | grep -q ELF && ! ldd "$1" 2>/dev/null | grep -q '=>'
}

! is_static "$(command -v busybox)" || exit 0
if [ "$(uname)" != Linux ] || ! command -v apt-get >/dev/null; then
  echo "this needs a static busybox for Linux on PATH, as Debian's package busybox-static has it" >&2
  exit 1
fi
echo "Fetching busybox-static into .venv" >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download busybox-static); }
fetch 2>/dev/null || { [ "$(id -u)" != 0 ] || apt-get -qq update; fetch; }
dpkg -x "$folder"/*.deb "$folder"
find "$folder" -name busybox -type f -perm -u+x -exec cp {} .venv/bin/busybox \;
