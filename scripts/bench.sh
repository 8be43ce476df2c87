#!/bin/sh
# make bench: watchdog and its port-forwards beside kubectl, then the parts that are watchdog's own.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl python
cargo build --quiet --release --locked
benches/versus-kubectl
# It reads /proc.
if [ "$(uname)" = Linux ]; then benches/forward; fi
exec cargo bench --locked
