#!/bin/sh
# make install: installs watchdog for this user with `cargo install`.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc
exec cargo install --profile dist --locked --path .
