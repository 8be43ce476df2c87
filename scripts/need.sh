# Sourced by the other scripts: finds the programs they need and installs missing ones.
#
#   . scripts/need.sh
#   need cargo cc kubectl
#
# `need` prints nothing if all programs are present. It installs a missing one with the system's
# package manager if permitted (as root, or with a sudo that needs no password; Homebrew as any
# user). Otherwise it prints what to install and ends the script with status 1.
# shellcheck shell=sh

say() {
    printf '%s\n' "$*" >&2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# Runs a command as root. Status 1 if that is not permitted.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

may_be_root() {
    [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }
}

need() {
    for need_program in "$@"; do
        case $need_program in
        cargo) need_cargo ;;
        cc) need_package cc "a C compiler (gcc or clang)" "gcc libc6-dev" gcc "" ;;
        c++) need_package c++ "a C++ compiler (g++ or clang)" "g++ libc6-dev" gcc-c++ "" ;;
        kubectl) need_kubectl ;;
        python) need_package python3 "Python 3" python3 python3 python3 ;;
        # Debian has pip in a separate package.
        pip) need_package pip "Python 3 with pip" python3-pip python3-pip python3 ;;
        *)
            say "need: no rule for $need_program"
            exit 1
            ;;
        esac
    done
}

# need_package PROGRAM DESCRIPTION APT DNF BREW [HELP]: installs PROGRAM from the named package of
# apt-get, dnf or Homebrew.
need_package() {
    present "$1" && return
    if have apt-get && may_be_root; then
        say "Installing $3 with apt-get: $2 is missing."
        # Package lists are updated only if the first attempt fails: it does if they are absent or stale.
        # shellcheck disable=SC2086 # several packages
        apt_install $3 || { as_root apt-get update -qq >&2 && apt_install $3; } || :
    elif have dnf && may_be_root; then
        say "Installing $4 with dnf: $2 is missing."
        # shellcheck disable=SC2086
        as_root dnf install -q -y $4 </dev/null >&2 || :
    elif have brew && [ -n "$5" ]; then
        say "Installing $5 with Homebrew: $2 is missing."
        brew install --quiet "$5" </dev/null >&2 || :
    fi
    present "$1" && return
    say "error: $2 is missing, and could not be installed from here."
    say "${6:-Install it with your package manager (Debian, Ubuntu: $3; Fedora: $4), then try again.}"
    exit 1
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" </dev/null >/dev/null
}

present() {
    case $1 in
    pip) python3 -m pip --version >/dev/null 2>&1 ;;
    *) have "$1" ;;
    esac
}

# want_python PACKAGE…: installs missing Python packages, which a test uses, below target/python.
# If that fails, it names the packages and continues.
want_python() {
    want_import=$(printf 'import %s; ' "$@")
    PYTHONPATH=target/python python3 -c "$want_import" >/dev/null 2>&1 && return
    if present pip; then
        say "Installing $* below target/python with pip."
        python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir \
            --target target/python "$@" </dev/null >&2 && return
    fi
    say "not run: the tests that need the Python packages $* (python3 -m pip install --target target/python $*)"
}

# Never installs Rust: which version, and how it is installed, is the user's choice.
need_cargo() {
    if ! have cargo; then
        # The directory that rustup installs to, for a shell that has not read rustup's env file yet.
        for need_dir in "${CARGO_HOME:-}" "${HOME:-}/.cargo"; do
            if [ -n "$need_dir" ] && [ -x "$need_dir/bin/cargo" ]; then
                PATH=$need_dir/bin:$PATH
                export PATH
                break
            fi
        done
    fi
    if ! have cargo; then
        say "error: Rust is missing. Install it (https://rustup.rs), then try again."
        exit 1
    fi
    cargo --version >/dev/null 2>&1 && return
    # rustup's cargo looks for toolchains below HOME. If HOME was changed, they are still next to
    # the directory of cargo itself.
    need_dir=$(dirname "$(dirname "$(dirname "$(command -v cargo)")")")/.rustup
    if [ -z "${RUSTUP_HOME:-}" ] && [ -d "$need_dir" ]; then
        RUSTUP_HOME=$need_dir
        export RUSTUP_HOME
    fi
    cargo --version >/dev/null 2>&1 && return
    say "error: cargo does not run:"
    cargo --version >&2 || exit 1
}

need_kubectl() {
    [ -n "${WATCHDOG_KUBECTL:-}" ] && have "$WATCHDOG_KUBECTL" && return
    need_package kubectl kubectl kubernetes-client kubernetes-client kubernetes-cli \
        "Install it (https://kubernetes.io/docs/tasks/tools), or name one: WATCHDOG_KUBECTL=/path/to/kubectl."
}
