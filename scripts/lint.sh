#!/bin/sh
# make lint: everything about the sources that can be checked without running them.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc
step() {
    say "== $*"
    "$@"
}
step cargo fmt --check
step cargo clippy --all-targets --locked -- -D warnings
step env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --locked
step scripts/completions.sh --check
if cargo deny --version >/dev/null 2>&1; then
    step cargo deny --locked check bans licenses sources
else
    say "not run: cargo deny (cargo install --locked cargo-deny)"
fi
