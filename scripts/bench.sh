#!/bin/sh
# make bench: watchdog and its port-forwards beside kubectl, then the parts that are watchdog's own.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl python
# Figures that are quoted are those of the profile that is shipped.
cargo build --quiet --profile dist --locked
watchdog=${CARGO_TARGET_DIR:-target}/dist/watchdog
benches/versus-kubectl --watchdog "$watchdog"
# It reads /proc.
if [ "$(uname)" = Linux ]; then benches/forward --watchdog "$watchdog"; fi
exec cargo bench --profile dist --locked
