#!/usr/bin/env bash
# Runs a command beside the newest engine that Debian has: tools/newest-engine.sh CMD...
# The packages of sid are unpacked into .engines/sid, once; the system is left as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=sid
folder=$PWD/.engines/$suite

fetch() {
  local site aside=$folder.part
  if ! read -r site < <(apt-get update --print-uris | sed -n "s|^'\(.*/debian\)/dists/.*|\1|p"); then
    echo "there is no Debian archive among apt's sources" >&2
    return 1
  fi
  echo "Fetching the engine of Debian $suite into ${folder#"$PWD/"}" >&2
  rm -rf "$aside"
  mkdir -p "$aside"/{lists,cache,packages}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main" \
    >"$aside/sources.list"
  local apt=(
    apt-get -qq -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Languages=none
    -o Dir::Etc::SourceList="$aside/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$aside/lists" -o Dir::Cache="$aside/cache"
  )
  "${apt[@]}" update
  # Not runc: sid's wants a newer libc than stable's, so the system's is used. The rest does not.
  (cd "$aside/packages" && "${apt[@]}" download docker.io containerd docker-cli tini-static)
  for package in "$aside"/packages/*.deb; do
    dpkg -x "$package" "$aside/root"
  done
  mv "$aside/root" "$folder"
  rm -rf "$aside"
}

[ -x "$folder/usr/sbin/dockerd" ] || fetch
PATH=$folder/usr/sbin:$folder/usr/bin:$PATH exec dk engine run -- "$@"
