#!/bin/sh
# make demo: builds watchdog and lists the HPAs of its embedded demo clusters with the real kubectl.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
# The build that `make test` makes too: made in half the time of a release build, and it prints the same.
cargo build --locked
exec cargo run --quiet --locked -- demo -- hpa list
