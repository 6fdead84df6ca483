#!/bin/sh
# Everything an installation needs in one file, for machines without internet and for the container:
#   deploy/bundle.sh [--wheel FILE] [--out DIR] [--store]     writes DIR/portal-VERSION-pyXY.tar
#   tar xf portal-….tar && sh portal-…/install.sh /srv/portal/.venv     there, with no network
# Needs `make setup` and, here, the package index. Each package is checked against requirements.lock; the
# archive carries a lock of its own with the digests of what lies in it, and SHA256SUMS of every file.
# It is for this processor, and for the Python of .venv. --store adds what several public hosts and a site in a bucket need.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python; wheel=; out=dist; lock=requirements.lock
while [ $# -gt 0 ]; do
    case $1 in
        --wheel) wheel=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --store) lock=requirements-store.lock; shift ;;
        *) echo "usage: deploy/bundle.sh [--wheel FILE] [--out DIR] [--store]" >&2; exit 2 ;;
    esac
done
fail() { printf '\nbundle stopped: %s\n' "$*" >&2; exit 1; }
[ -x $python ] || fail "run make setup first"
fonts=$($python -c 'import sys; print(sys.prefix)')/share/portal-fonts
[ -f "$fonts/FandolSong-Bold.otf" ] || fail "the fonts are missing; run make setup"

work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/wheels" "$work/fonts"
if [ -z "$wheel" ]; then # of the commit, as a release is
    mkdir "$work/source" "$work/own"; git archive HEAD | tar x -C "$work/source"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) $python -m pip wheel -q --disable-pip-version-check \
        --no-deps --no-build-isolation -w "$work/own" "$work/source" || fail "the wheel could not be built"
    wheel=$(ls "$work"/own/*.whl)
fi
$python -m pip wheel -q --disable-pip-version-check --no-deps --require-hashes -w "$work/wheels" \
    -r $lock || fail "the packages of $lock could not be had"
cp "$fonts"/*.otf "$fonts"/*.txt "$work/fonts/"
cp $lock "$work/requirements.lock"; cp deploy/bundle/install.sh "$work/"
cp "$wheel" "$work/"
mkdir "$work/deploy"; cp -R deploy/container deploy/systemd deploy/nginx*.* deploy/add-portal.sh "$work/deploy/"
$python deploy/bundle/bundle_lock.py "$work" > "$work/bundle.lock"

tag=$($python -c 'import sys; print("py%d%d" % sys.version_info[:2])')
version=$(basename "$wheel" | cut -d- -f2)
name=portal-$version-$tag
mkdir -p "$out"; rm -rf "$work/source" "$work/own"
mv "$work" "$work.$name"; work=$work.$name
( cd "$work" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's#^\./##' | xargs sha256sum > SHA256SUMS )
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" \
    --transform "s#^\./#$name/#" -C "$work" -cf "$out/$name.tar" ./
( cd "$out" && sha256sum "$name.tar" > "$name.tar.sha256" && cat "$name.tar.sha256" )
du -h "$out/$name.tar"
