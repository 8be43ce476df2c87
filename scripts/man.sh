#!/bin/sh
# make man: writes man/ anew. With --check: fails where what is there is stale.
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
    # A command that is gone has no page any more.
    rm -rf man
    mkdir man
    cp "$new"/* man/
fi
