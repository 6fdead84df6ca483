#!/bin/sh
# Tries a bundle where there is no network at all: install, texts, lint, the whole static build, the public app.
#   sh deploy/try-bundle.sh dist/portal-0.1.0-py311.tar      needs root (unshare -n) and curl; about a minute
# Of a bundle made with --store also: the site in a bucket, and the public app on a store, which WEED=… (SeaweedFS's
# program, as in .venv/bin/weed) is started for.
set -eu
tar=$(realpath "$1"); here=$(mktemp -d)
[ "${INSIDE:-}" = 1 ] || exec env INSIDE=1 unshare -n "$0" "$tar"
trap 'kill "${app:-}" "${store:-}" 2>/dev/null || true; rm -rf "$here"' EXIT
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
answers() {
    "$here/venv/bin/gunicorn" --bind "127.0.0.1:$1" --logger-class portal.watching.gunicorn_events.EventLogger \
        "portal.public:from_environment()" 2>"$here/log" & app=$!
    i=0; until curl -fs "http://127.0.0.1:$1/healthz" >/dev/null; do i=$((i + 1)); [ $i -lt 60 ] || { cat "$here/log"; exit 1; }; sleep 0.5; done
    curl -fs "http://127.0.0.1:$1/" | grep -q "<title>"
}
answers 8000; say "the public app answers"; kill $app

ls "$here/$folder/wheels" | grep -q '^obstore' || { say "no object store in this bundle"; exit 0; }
"$here/venv/bin/python" -c 'import psycopg; print("psycopg", psycopg.__version__, "libpq", psycopg.pq.version())'
[ -n "${WEED:-}" ] || { say "obstore is installed; without WEED no store was tried"; exit 0; }
mkdir "$here/store"; cd "$here/store"
printf '%s' '{"identities":[{"name":"p","credentials":[{"accessKey":"k","secretKey":"s"}],"actions":["Admin","Read","List","Write"]}]}' > s3.json
"$WEED" server -dir=. -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3 -s3.iam=false -s3.port.iceberg=0 -s3.port.lance=0 -s3.config=s3.json \
    -master.telemetry=false -master.volumeSizeLimitMB=128 -volume.max=20 >log 2>&1 & store=$!
export AWS_ACCESS_KEY_ID=k AWS_SECRET_ACCESS_KEY=s; cd "$here/site"
cat > "$here/deliver.py" <<'PYTHON'
import sys, time
from pathlib import Path
from portal.editorial.bucket_site import BucketSite
from portal.errors import UnreachableError
from portal.sealed.object_store import ObjectStore
store = ObjectStore("portal", "site", "http://127.0.0.1:8333")
for _ in range(120):
    try:
        store.require_conditions()
        break
    except UnreachableError:
        time.sleep(0.5)
else:
    sys.exit("the store did not start")
for _ in range(2):
    print(BucketSite(store).deliver(Path("build")))
PYTHON
"$here/venv/bin/python" "$here/deliver.py"; say "the site is in a bucket"
export PORTAL_STORE=s3://portal/box PORTAL_STORE_ENDPOINT=http://127.0.0.1:8333
answers 8001; ! grep -q "object store is away" "$here/log"; say "the public app answers on the store"
