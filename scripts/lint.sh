#!/bin/sh
# make lint: all checks of the sources that do not run the tests.
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
    # Without advisories: not every machine can reach their database, a Git repository.
    step cargo deny --locked check bans licenses sources
    say "not checked: advisories (cargo deny check advisories)"
else
    say "not checked: bans, licenses, sources, advisories (cargo install --locked cargo-deny)"
fi
