#!/bin/sh
# make man: regenerates man/. With --check: fails if man/ is out of date.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc
check=false
[ "${1:-}" = --check ] && check=true
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
cargo run --quiet --locked --example man -- "$new"
if $check; then
    if ! diff -ru man "$new" >&2; then
        say "error: man/ is stale: run 'make man' and commit the result."
        exit 1
    fi
else
    # Start empty, so that no page of a removed command is left.
    rm -rf man
    mkdir man
    cp "$new"/* man/
fi
