#!/usr/bin/env bash
# What `make demo` shows. Uses the engine that dk finds; makes and removes its own objects only.
set -euo pipefail
cd "$(dirname "$0")/web"

say() { printf '\n# %s\n' "$1"; }
show() {
  printf '$ %s\n' "$*"
  "$@"
}

trap 'python objects.py remove' EXIT
trap 'exit 130' INT TERM HUP
python objects.py remove # of a demo that was killed

say "An image without any registry: one static program and a page, imported"
show python objects.py image

say "The main job: run it with an env file, a published port and a network"
show cat .env
port=8080
while ! dk run --dry-run --quiet -p "$port:80" dk-demo >/dev/null 2>&1 && [ "$port" -lt 8180 ]; do
  port=$((port + 1))
done
run=(-d --name dk-demo-web --env .env -p "$port:80" --net dk-demo-net dk-demo)
show dk run "${run[@]}"

say "Its page, through the published port, with the value from the file"
show python fetch.py "http://127.0.0.1:$port/"

say "What runs"
show dk ps

say "Away with it, and with the network that dk made for it"
show dk rm -f dk-demo-web
python objects.py stop

say "The same run in docker's own words: nothing is run"
show dk run --explain "${run[@]}"

say "What it would do, with the reasons: nothing is done"
show dk run --dry-run "${run[@]}"

python objects.py remove
say "Container, network and image are removed"
