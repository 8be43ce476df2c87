#!/bin/sh
# make demo: builds watchdog and lists the HPAs of its embedded demo clusters with the real kubectl.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
# A debug build, as for `make test`: it takes half the time of a release build.
cargo build --locked
exec cargo run --quiet --locked -- demo -- hpa list
