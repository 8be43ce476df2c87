#!/bin/sh
# make lint: everything about the sources that can be checked without running the tests.
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
step scripts/man.sh --check
if cargo deny --version >/dev/null 2>&1; then
    # Without advisories: their database is a Git repository that not every machine can reach.
    step cargo deny --locked check bans licenses sources
    say "not checked: advisories (cargo deny check advisories)"
else
    say "not checked: bans, licenses, sources, advisories (cargo install --locked cargo-deny)"
fi
