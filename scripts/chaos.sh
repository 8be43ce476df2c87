#!/bin/sh
# make chaos: thousands of kills at random moments, of everything that forwards are made of.
#
# WATCHDOG_CHAOS_KILLS=N says how many (10000), WATCHDOG_CHAOS_SEED=N repeats a run.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
export WATCHDOG_CHAOS_KILLS="${WATCHDOG_CHAOS_KILLS:-10000}"
exec cargo test --locked --test it -- --exact --nocapture \
    forward::chaos::whatever_is_killed_at_whatever_moment_nothing_stays
