#!/bin/sh
# make chaos: kills clients, supervisors, guards and kubectls thousands of times at random moments.
#
# WATCHDOG_CHAOS_KILLS=N sets the number of kills (10000), WATCHDOG_CHAOS_SEED=N repeats a run.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
export WATCHDOG_CHAOS_KILLS="${WATCHDOG_CHAOS_KILLS:-10000}"
exec cargo test --locked --test it -- --exact --nocapture \
    forward::chaos::nothing_is_left_whatever_is_killed_at_any_moment
