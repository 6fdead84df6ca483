#!/bin/sh
# Makes portal/web/static/age.js of the packages that deploy/age/package-lock.json names by version
# and digest; `--check` compares with the file as it stands. Needs node and npm, once for each new
# version; nothing that runs the portal does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../portal/web/static/age.js
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/age/package.json "$here"/age/package-lock.json "$here"/age/entry.js "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --silent
{
    printf '/*! Made by deploy/age-bundle.sh of:\n'
    for package in age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base; do
        printf '\n%s %s\n' "$package" "$(node -p "require('./node_modules/$package/package.json').version")"
        sed 's/^[[:space:]]*//; s/[[:space:]]*$//' "node_modules/$package/LICENSE" | grep -v '^$'
    done
    printf '*/\n'
} > banner.txt
node_modules/.bin/esbuild entry.js --bundle --minify --format=iife --global-name=AGE \
    --target=es2020 --legal-comments=none --charset=ascii --log-level=warning --outfile=body.js
cat banner.txt body.js > age.js
if [ "${1:-}" = --check ]; then
    cmp age.js "$target" && echo "age.js: made again byte for byte"
else
    cp age.js "$target"
    sha256sum age.js | cut -d ' ' -f 1 > "$here/age/age.js.sha256"
fi
