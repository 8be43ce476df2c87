#!/bin/sh
# make bench: watchdog beside kubectl, then the parts that are watchdog's own.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl python
cargo build --quiet --release --locked
benches/versus-kubectl
exec cargo bench --locked
