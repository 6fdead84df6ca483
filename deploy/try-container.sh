#!/bin/sh
# Builds the image of an unpacked bundle and runs compose.yaml with it: a whole objection through nginx into the desk.
#   sh deploy/try-container.sh dist/portal-0.1.0-py311.tar     needs root, podman, podman-compose, debootstrap, openssl
# IMAGE=… tries an image that is there already. No image registry is asked: base, nginx and PostgreSQL are
# Debian's packages in a debootstrap root, standing in for the images that compose.yaml names. Takes some minutes;
# everything is below var/container, and stopped at the end.
set -eu
cd "$(dirname "$0")/.."
bundle=$(realpath "$1"); work=$PWD/var/container; mkdir -p "$work"
say() { printf '%4ds  %s\n' "$(($(date +%s) - began))" "$*"; }
fail() { say "FAILED: $*"; exit 1; }
began=$(date +%s)
given=${IMAGE:-}; export IMAGE=${given:-localhost/portal-try} NGINX_IMAGE=localhost/portal-try-nginx POSTGRES_IMAGE=localhost/portal-try-postgres
export HTTPS_PORT=8443 HTTP_PORT=8480 DESK_PORT=8401
# What a sandbox takes away may have to be said to podman: CONTAINERS_CONF=FILE, with `default_ulimits = []` below
# [containers] where limits may not be raised, and `runtime = "runc"` below [engine] where crun stops.
build() { podman build -q --network host --format docker --build-arg BASE=localhost/portal-try-base "$@" >/dev/null; }

if ! podman image exists localhost/portal-try-base; then
    [ -f "$work/base.tar" ] || { debootstrap --variant=minbase bookworm "$work/base" >"$work/debootstrap.log" \
        && tar -C "$work/base" --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' \
            --exclude='./usr/share/locale/*' --exclude='./usr/share/man/*' -cf "$work/base.tar" . && rm -rf "$work/base"; }
    podman import -q "$work/base.tar" localhost/portal-try-base >/dev/null; say "base from debootstrap"
fi
rm -rf "$work/image" "$work/run"; mkdir -p "$work/image" "$work/run/tls" "$work/run/site"
tar xf "$bundle" -C "$work/image" --strip-components=1
[ -n "$given" ] || build -t "$IMAGE" -f deploy/container/Containerfile "$work/image"
size() { podman image inspect "$1" --format '{{.Size}}' | awk '{printf "%d", $1 / 1000000}'; }
say "image built: $(size "$IMAGE") MB, $(size localhost/portal-try-base) of them the base"
build -t "$NGINX_IMAGE" -f - . <<'IMAGE'
ARG BASE
FROM ${BASE}
RUN apt-get update -q && apt-get install -qy --no-install-recommends nginx-light && useradd --uid 101 -M nginx \
    && rm -f /etc/nginx/sites-enabled/default && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
CMD ["nginx", "-g", "daemon off;"]
IMAGE
build -t "$POSTGRES_IMAGE" -f - . <<'IMAGE'
ARG BASE
FROM ${BASE}
RUN apt-get update -q && groupadd -g 999 postgres && useradd -u 999 -g 999 -d /var/lib/postgresql postgres \
    && apt-get install -qy --no-install-recommends postgresql-15 && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data \
    && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data
CMD ["sh", "-c", "[ -s $PGDATA/PG_VERSION ] || { initdb -E UTF8 -U $POSTGRES_USER --auth=$POSTGRES_HOST_AUTH_METHOD && echo \"CREATE DATABASE $POSTGRES_DB\" | postgres --single postgres; }; exec postgres"]
IMAGE
say "stand-ins for nginx and PostgreSQL built"

# A folder as docs/deployment.md says, with the demonstration for texts.
cd "$work/run"; cp "$work"/image/deploy/container/compose.yaml "$work"/image/deploy/container/nginx-main.conf .
sed -e 's#/etc/ssl/award.example.pem#/etc/ssl/portal/cert.pem#; s#/etc/ssl/private/award.example.key#/etc/ssl/portal/key.pem#' \
    -e 's#/run/portal-bodies#/tmp/portal-bodies#; s#award\.example#localhost#g' "$work/image/deploy/nginx.conf" > nginx.conf
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout tls/key.pem -out tls/cert.pem 2>/dev/null
chmod 640 tls/key.pem; chgrp 10001 tls/key.pem
cat > settings.env <<'SETTINGS'
PORTAL_CONTENT=content:demo/content
PORTAL_NOTICES=demo/notices:notices
PORTAL_BASE_URL=https://localhost:8443
PORTAL_OBJECTIONS_URL=/objections
PORTAL_LIMIT_SECONDS=0
SETTINGS
compose() { podman-compose -p portal-try "$@"; }
stop() {
    compose down -v >/dev/null 2>&1 || true
    podman ps -aq --filter label=com.docker.compose.project=portal-try | xargs -r podman rm -f -t 2 >/dev/null 2>&1 || true
    podman volume ls -q | grep '^portal-try_' | xargs -r podman volume rm -f >/dev/null 2>&1 || true
}
trap stop EXIT; trap "exit 1" INT TERM; stop
install -d -o 10001 -g 10001 site; install -d -o 10001 -g 10001 -m 700 desk desk/keys desk/keys/public
compose run --rm --no-deps -T desk portal setup --texts . >/dev/null
compose run --rm --no-deps -T -e PORTAL_CONTENT=content -e PORTAL_NOTICES=notices -e PORTAL_DESK_DATABASE= desk portal demo --dir demo >/dev/null
compose run --rm --no-deps -T -e PORTAL_PASSPHRASE="container-$began-passphrase" desk portal keys new --one-passphrase | grep 共生成
say "texts, demonstration and keys made by the image itself"
compose up -d >up.log 2>&1 || { cat up.log; fail "compose up"; }
name() { podman ps -a --filter "label=com.docker.compose.service=$1" --filter "label=com.docker.compose.project=portal-try" --format '{{.Names}}' | head -1; }
inside() { service=$1; shift; podman exec "$(name "$service")" "$@"; }
logs() { for service in nginx public build desk database; do podman logs "$(name "$service")" 2>&1; done; }
get() { curl -fsk -m 5 --noproxy '*' "https://localhost:8443$1"; }
i=0; until get / >/dev/null 2>&1 && get /objections/status >/dev/null 2>&1 && inside desk python /opt/portal/alive.py 2>/dev/null; do
    i=$((i + 1)); [ $i -lt 90 ] || { podman ps -a; logs | tail -40; fail "not all of it answers"; }; sleep 1
done
say "nginx, public app, desk, build and PostgreSQL up"

for service in public desk build; do
    [ "$(inside $service id -u)" = 10001 ] || fail "$service is root"
    if inside $service sh -c 'echo x > /opt/portal/x' 2>/dev/null; then fail "$service can write to its program"; fi
    [ "$(inside $service sh -c 'grep CapEff /proc/self/status')" = "$(printf 'CapEff:\t0000000000000000')" ] || fail "$service has capabilities"
done
for service in public build database; do
    [ "$(inside $service ls /sys/class/net)" = lo ] || fail "$service has a network"
done
inside public ls /state/keys/private 2>/dev/null && fail "the public app sees private keys"
for service in public desk; do podman healthcheck run "$(name $service)" >/dev/null || fail "$service is unhealthy"; done
say "not root, root file system read-only, no capabilities, no network but nginx's and the desk's, healthy"

PYTHONPATH=$work/../.. "$work/../../.venv/bin/python" "$work/../../deploy/container/one_objection.py" "$work/run/site" https://localhost:8443
i=0; until [ "$(inside database psql -U portal -tAc 'select count(*) from cases' portal 2>/dev/null)" = 1 ]; do
    i=$((i + 1)); [ $i -lt 40 ] || { logs | tail -40; fail "the desk has not registered it"; }; sleep 1
done
say "one objection sent through nginx, sealed, fetched and registered in PostgreSQL"
inside desk portal doctor || true
inside public python -c 'import http.client as h, socket; c = h.HTTPConnection("localhost"); c.sock = s = socket.socket(socket.AF_UNIX); s.connect("/run/portal/public.sock"); c.request("GET", "/metrics"); print(c.getresponse().read().decode())' | grep -E '^portal_(ready|requests_total\{method="POST")'
if logs | grep -E '栽赃|13912345678|钱七'; then fail "a log holds what was written"; fi
logs | grep -c '^{"time"' | xargs printf '      %s lines of log, none with what was written\n'
podman stats --no-stream --format '{{.Name}} {{.MemUsage}}' | sed 's/^/      /'

podman kill "$(name public)" >/dev/null; podman start "$(name public)" >/dev/null
i=0; until get /objections/status >/dev/null 2>&1; do i=$((i + 1)); [ $i -lt 60 ] || fail "not back"; sleep 0.5; done
say "the public app killed and back"
