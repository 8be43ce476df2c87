#!/bin/sh
# make completions: regenerates completions/. With --check: fails if completions/ is out of date.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc
check=false
[ "${1:-}" = --check ] && check=true
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
cargo build --quiet --locked
# Run through cargo, which knows where it put the program.
generate() {
    cargo run --quiet --locked -- completions "$1" >"$new/$2"
}
generate bash watchdog.bash
generate elvish watchdog.elv
generate fish watchdog.fish
generate powershell _watchdog.ps1
generate zsh _watchdog
if $check; then
    if ! diff -ru completions "$new" >&2; then
        say "error: completions/ is stale: run 'make completions' and commit the result."
        exit 1
    fi
else
    mkdir -p completions
    cp "$new"/* completions/
fi
