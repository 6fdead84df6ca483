#!/bin/sh
# Tries a bundle where there is no network at all: install, texts, lint, the whole static build, the public app.
#   sh deploy/try-bundle.sh dist/portal-0.1.0-py311.tar      needs root (unshare -n) and curl; about a minute
set -eu
tar=$(realpath "$1"); here=$(mktemp -d)
[ "${INSIDE:-}" = 1 ] || exec env INSIDE=1 unshare -n "$0" "$tar"
trap 'kill "${app:-}" 2>/dev/null || true; rm -rf "$here"' EXIT
say() { printf '%3ds  %s\n' "$(($(date +%s) - began))" "$*"; }
began=$(date +%s)
[ -z "$(ip -o route 2>/dev/null)" ] || { echo "there is a network here"; exit 1; }
ip link set lo up
cd "$here"; tar xf "$tar"; folder=$(ls); say "unpacked $folder, $(du -sh "$folder" | cut -f1)"

printf x >> "$folder/requirements.lock"
if sh "$folder/install.sh" "$here/refused" 2>said; then echo "a changed file was taken"; exit 1; fi
grep -q "文件不全或者被改过" said; [ ! -e "$here/refused" ]; say "a changed file is refused"
rm -r "$folder"; tar xf "$tar"

sh "$folder/install.sh" venv >said; say "$(tail -1 said), $(du -sh venv | cut -f1)"
portal=$here/venv/bin/portal
mkdir site; cd site; unset PYTHONPATH
"$portal" setup --texts . >/dev/null; "$portal" lint | tail -1
"$portal" build --jobs 2 | tail -1; say "built $(find build -type f | wc -l) files, $(find build -name '*.pdf' | wc -l) of them PDF"
"$here/venv/bin/gunicorn" --bind 127.0.0.1:8000 --logger-class portal.watching.gunicorn_events.EventLogger \
    "portal.public:from_environment()" 2>"$here/log" & app=$!
i=0; until curl -fs http://127.0.0.1:8000/healthz >/dev/null; do i=$((i + 1)); [ $i -lt 60 ] || { cat "$here/log"; exit 1; }; sleep 0.5; done
curl -fs http://127.0.0.1:8000/ | grep -q "<title>"; say "the public app answers"
