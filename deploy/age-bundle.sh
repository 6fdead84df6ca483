#!/bin/sh
# Makes portal/web/static/age.js and qr.js of the packages that deploy/age/package-lock.json names by
# version and digest; `--check` compares with the files as they stand. Needs node and npm, once for
# each new version; nothing that runs the portal does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../portal/web/static
mode=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/age/package.json "$here"/age/package-lock.json "$here"/age/entry*.js "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --silent

# bundle NAME ENTRY GLOBAL PACKAGE...: one file, its licences first.
bundle() {
    name=$1 entry=$2 global=$3
    shift 3
    {
        printf '/*! Made by deploy/age-bundle.sh of:\n'
        for package in "$@"; do
            printf '\n%s %s\n' "$package" "$(node -p "require('./node_modules/$package/package.json').version")"
            sed 's/^[[:space:]]*//; s/[[:space:]]*$//' "node_modules/$package/LICENSE" | grep -v '^$'
        done
        printf '*/\n'
    } > banner.txt
    node_modules/.bin/esbuild "$entry" --bundle --minify --format=iife --global-name="$global" \
        --target=es2020 --legal-comments=none --charset=ascii --log-level=warning --outfile=body.js
    cat banner.txt body.js > "$name"
    if [ "$mode" = --check ]; then
        cmp "$name" "$static/$name" && echo "$name: made again byte for byte"
    else
        cp "$name" "$static/$name"
        sha256sum "$name" | cut -d ' ' -f 1 > "$here/age/$name.sha256"
    fi
}

bundle age.js entry.js AGE \
    age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base
bundle qr.js entry-qr.js QR qr
