#!/usr/bin/env bash
# make matrix: runs the test suites about lists, kubeconfigs, servers with a path, and reports with
# every kubectl that scripts/kubectls.sh knows, Debian's included. Unavailable kubectls are named, and
# the run fails.
#
#   scripts/matrix.sh [WHICH…]    only these kubectls, named as for scripts/kubectls.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl pip

[[ $# -gt 0 ]] || set -- debian 1.{24..37}

missing=()
for which in "$@"; do
    if path=$(scripts/kubectls.sh target/kubectls "$which"); then
        WATCHDOG_TEST_KUBECTLS=${WATCHDOG_TEST_KUBECTLS:+$WATCHDOG_TEST_KUBECTLS:}$path
    else
        missing+=("$which")
    fi
done
export WATCHDOG_TEST_KUBECTLS=${WATCHDOG_TEST_KUBECTLS:-}
printf 'WATCHDOG_TEST_KUBECTLS=%s\n' "$WATCHDOG_TEST_KUBECTLS"
[[ -n $WATCHDOG_TEST_KUBECTLS ]] || exit 1

status=0
cargo test --locked --no-fail-fast --test it -- agreement:: paths:: reports:: kubeconfig:: demo::kubectl_reads_the_demo || status=$?
if [[ ${#missing[@]} -gt 0 ]]; then
    printf 'not tried: kubectl %s\n' "${missing[@]}" >&2
    status=1
fi
exit "$status"
