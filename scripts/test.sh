#!/bin/sh
# make test: runs the whole test suite, documentation tests included.
#
# WATCHDOG_TEST_KUBECTLS=PATH:PATH repeats the end-to-end tests with each of these kubectls.
# WATCHDOG_E2E_CONTEXT=NAME runs the read-only ones against this context of your own kubeconfig.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
start=$(date +%s)
trap 'say "make test took $(($(date +%s) - start)) s"' EXIT
need cargo cc kubectl
# Two packages validate the machine-readable formats of `hpa check` against their public schemas.
want_python jsonschema xmlschema
if cargo nextest --version >/dev/null 2>&1; then
    status=0
    cargo nextest run --locked --no-fail-fast || status=$?
    # These use the library that has just been built.
    cargo test --locked --doc || status=$?
    exit "$status"
fi
cargo test --locked --no-fail-fast
