#!/bin/sh
# make fuzz: runs each target of fuzz/ for SECONDS (300) with cargo-fuzz, seeded with the recordings
# of tests/. The test suite fuzzes the same functions briefly (src/fuzzing.rs).
#
#   scripts/fuzz.sh [SECONDS [TARGET…]]
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
# libFuzzer is written in C++.
need cargo cc c++
seconds=${1:-300}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- kubeconfig configuration hpas objects frames chunks redaction
if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install --quiet --locked --debug --root target/tools --target-dir target/tools/build cargo-fuzz
    rm -rf target/tools/build
    PATH=$PWD/target/tools/bin:$PATH
fi
# The instrumentation needs unstable compiler flags; this permits them on a stable toolchain.
export RUSTC_BOOTSTRAP=1
seed() {
    mkdir -p "fuzz/corpus/$1"
    target=$1
    shift
    for file in "$@"; do cp "$file" "fuzz/corpus/$target/"; done
}
seed kubeconfig tests/recordings/config-view.json
seed configuration configs/watchdog.yaml
seed hpas tests/recordings/hpas-shop*.json
seed objects tests/recordings/*-shop.json tests/recordings/namespaces.json
seed chunks tests/history/*.json
seed redaction tests/recordings/status-*.json
for target; do
    # An input that needs more than 5 s or 1 GiB of memory is a failure.
    cargo fuzz run --sanitizer none "$target" -- -max_total_time="$seconds" -timeout=5 \
        -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1
done
