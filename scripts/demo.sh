#!/bin/sh
# make demo: builds watchdog, lists the HPAs of its embedded demo clusters with the real kubectl, and checks them: the
# worst comes last.
set -eu
cd "$(dirname "$0")/.."
. scripts/need.sh
need cargo cc kubectl
# A debug build, as for `make test`: it takes half the time of a release build.
cargo build --locked
# Where cargo put the program, whatever its configuration says.
metadata=$(cargo metadata --locked --no-deps --format-version 1)
target=$(printf '%s' "$metadata" | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
watchdog=${target#"$PWD"/}/debug/watchdog
"$watchdog" demo -- hpa list
echo
# Findings are not a failure of the demo.
"$watchdog" demo -- hpa check --by finding --fail-on never
cat <<END

The program is $watchdog; make install puts it on your PATH.
What to try next:

  $watchdog demo -- hpa get cart -n shop
      one HPA explained
  $watchdog demo -- hpa watch
      every HPA, live; q ends it
  $watchdog demo
      keep the clusters up, for kubectl too
  $watchdog doctor
      whether it can read your own clusters
  $watchdog hpa list
      your own clusters, read only
END
