#!/bin/sh
# make test: runs the whole test suite, documentation tests included.
#
# WATCHDOG_TEST_KUBECTLS=PATH:PATH repeats the end-to-end tests with each of these kubectls.
# WATCHDOG_E2E_CONTEXT=NAME runs the read-only ones against this context of your own kubeconfig.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
# Two packages validate the machine-readable formats of `hpa check` against their public schemas.
want_python jsonschema xmlschema
if cargo nextest --version >/dev/null 2>&1; then
    cargo test --locked --doc
    exec cargo nextest run --locked --no-fail-fast
fi
exec cargo test --locked --no-fail-fast
