#!/bin/sh
# make bench: compares watchdog and its port-forwards with kubectl, then runs the Rust benchmarks.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl python
# Published figures are those of the release profile `dist`.
cargo build --quiet --profile dist --locked
watchdog=${CARGO_TARGET_DIR:-target}/dist/watchdog
benches/versus-kubectl --watchdog "$watchdog"
# benches/forward reads /proc.
if [ "$(uname)" = Linux ]; then benches/forward --watchdog "$watchdog"; fi
exec cargo bench --profile dist --locked
