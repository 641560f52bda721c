#!/usr/bin/env bash
# Runs pytest beside one private engine, or says loudly why there is none: tools/test.sh [ARG...]
# Without ARGs, a part of the engine's tests follows on Debian's newest engine and on Podman.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin:/sbin

prepare() {
  tools/programs.sh dockerd=docker.io iptables=iptables docker-registry=docker-registry \
    sshd=openssh-server ps=procps socat=socat zsh=zsh fish=fish &&
    tools/programs.sh docker=docker-cli && # which newer releases keep apart from docker.io
    tools/busybox.sh
}

# Runs pytest beside another engine: also_on NAME TOOL ARG...
also_on() {
  local name=$1 tool=$2
  shift 2
  echo
  if "$tool" true; then
    "$tool" python -m pytest "$@" || failed=1
  else
    not_run+=("$name")
  fi
}

if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ]; then
  prepare || [ "${CI:-}" != true ]
fi
if compose=$(tools/compose.sh); then
  export DK_TEST_COMPOSE=$compose
else
  [ "${CI:-}" != true ]
fi
if ! said=$(dk engine run -- true 2>&1); then
  DK_NO_TEST_ENGINE=$said exec python -m pytest "$@"
fi

export DK_TEST_ENGINE=1
failed=0
not_run=()
if [ $# != 0 ]; then
  exec dk engine run -- python -m pytest "$@"
fi
# What needs no engine runs meanwhile, and is shown afterwards.
# shellcheck disable=SC2016 # the inner shell's own
dk engine run -- bash -c '
  log=$(mktemp)
  python -m pytest -m "not engine" >"$log" 2>&1 &
  python -m pytest -m engine
  engine=$?
  wait $!
  others=$?
  cat "$log"
  rm "$log"
  [ $engine = 0 ] && [ $others = 0 ]
' || failed=1

major=$(dockerd --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
if [ "$major" -lt 28 ]; then
  also_on "Debian's newest engine" tools/newest-engine.sh -m 'engine and not one_engine' --cases 10 \
    tests/engine tests/e2e tests/parity/test_engine.py
fi
also_on Podman tools/podman-engine.sh -m podman --cases 2 tests/e2e

for name in "${not_run[@]}"; do
  echo "!!! NO TEST RAN ON ${name^^}: above stands why !!!"
  [ "${CI:-}" != true ] || failed=1
done
exit $failed
