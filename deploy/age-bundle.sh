#!/bin/sh
# Makes portal/web/static/age.js, qr.js and sm.js of the packages that the package-lock.json in
# deploy/age and deploy/sm name by version and digest; `--check` compares with the files as they
# stand. Needs node and npm, once for each new version; nothing that runs the portal does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../portal/web/static
mode=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# packages FOLDER: those of one lock file, in a folder of their own.
packages() {
    folder=$here/$1
    mkdir "$work/$1"
    cd "$work/$1"
    cp "$folder"/package.json "$folder"/package-lock.json "$folder"/entry*.js .
    npm ci --ignore-scripts --no-audit --no-fund --silent
}

# bundle NAME ENTRY GLOBAL PACKAGE...: one file, its licences first.
bundle() {
    name=$1 entry=$2 global=$3
    shift 3
    {
        printf '/*! Made by deploy/age-bundle.sh of:\n'
        for package in "$@"; do
            printf '\n%s %s\n' "$package" "$(node -p "require('./node_modules/$package/package.json').version")"
            licence=node_modules/$package/LICENSE
            [ -e "$licence" ] || licence=node_modules/$package/LICENCE_MIT
            sed 's/^[[:space:]]*//; s/[[:space:]]*$//' "$licence" | grep -v '^$'
        done
        printf '*/\n'
    } > banner.txt
    node_modules/.bin/esbuild "$entry" --bundle --minify --format=iife --global-name="$global" \
        --target=es2020 --external:crypto --legal-comments=none --charset=ascii --log-level=warning --outfile=body.js
    cat banner.txt body.js > "$name"
    if [ "$mode" = --check ]; then
        cmp "$name" "$static/$name" && echo "$name: made again byte for byte"
    else
        cp "$name" "$static/$name"
        sha256sum "$name" | cut -d ' ' -f 1 > "$folder/$name.sha256"
    fi
}

packages age
bundle age.js entry.js AGE \
    age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base
bundle qr.js entry-qr.js QR qr

packages sm
bundle sm.js entry.js SM \
    sm-crypto-v2 @noble/ciphers @noble/curves @noble/hashes @scure/base
