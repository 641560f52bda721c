#!/usr/bin/env bash
# Runs pytest beside one private engine, or says loudly why there is none: tools/test.sh [ARG...]
set -euo pipefail
cd "$(dirname "$0")/.."

prepare() {
  tools/programs.sh dockerd=docker.io iptables=iptables docker-registry=docker-registry \
    sshd=openssh-server ps=procps socat=socat &&
    tools/programs.sh docker=docker-cli && # which newer releases keep apart from docker.io
    tools/busybox.sh
}

if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ]; then
  prepare || [ "${CI:-}" != true ]
fi
if said=$(dk engine run -- true 2>&1); then
  exec dk engine run -- env DK_TEST_ENGINE=1 python -m pytest "$@"
fi
DK_NO_TEST_ENGINE=$said exec python -m pytest "$@"
