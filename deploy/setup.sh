#!/bin/sh
# Sets up .venv from the lock files. Usage: deploy/setup.sh run|test
#   run   what the portal needs;  test   that, the test tools, Chromium and Chinese screen fonts.
# Works as root or not; a system package it cannot install is named, never skipped quietly.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-run}
python=${PYTHON:-python3}

fail() { printf '\nset-up stopped: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1; fi
}

apt_install() { # apt_install PACKAGE...
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes \
        apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || fail "Python 3.11 or newer is needed as '$python' (Debian: apt install python3)"

if [ ! -x .venv/bin/python ]; then
    echo "set-up: creating .venv"
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        apt_install python3-venv || fail "the venv module is missing; run: apt install python3-venv"
        "$python" -m venv .venv || fail "python -m venv failed"
    fi
fi

lock=requirements.lock; [ "$goal" = test ] && lock=requirements-dev.lock
stamp=.venv/.installed-$goal
key=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$key" ]; then
    echo "set-up: installing locked packages ($lock)"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$lock" \
        || fail "pip could not install $lock; is the package index reachable?"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . \
        || fail "installing the portal itself failed"
    printf '%s' "$key" > "$stamp"
    # The test lock holds all of the other one: `make run` after `make test` has nothing to install.
    if [ "$goal" = test ]; then
        cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1 | tr -d '\n' > .venv/.installed-run
    fi
fi

# The documents' fonts, each with a checked hash.
deploy/fonts.sh >/dev/null || fail "the fonts of the documents could not be had"

if [ "$goal" = test ]; then
    missing=
    for tool in chromium:chromium pdftoppm:poppler-utils minisign:minisign age:age nginx:nginx-light \
        newsboat:newsboat r2e:rss2email; do
        command -v "${tool%%:*}" >/dev/null 2>&1 || missing="$missing ${tool#*:}"
    done
    fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
    # The browser driver brings its own node, which wants a library that minimal machines lack.
    for node in .venv/lib/python3*/site-packages/playwright/driver/node; do
        "$node" --version >/dev/null 2>&1 || missing="$missing libatomic1"
    done
    if [ -n "$missing" ]; then
        echo "set-up: installing$missing"
        # shellcheck disable=SC2086 # a list of package names
        apt_install $missing || fail "the tests need$missing; run as root: apt install$missing"
    fi
fi
