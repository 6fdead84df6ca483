#!/bin/sh
# One more portal on this machine: users, folders, settings, nginx. Run as root where the program is installed once,
# in /srv/portal/.venv (elsewhere: PORTAL=/path/to/portal).
#   add-portal.sh NAME HOST [--side public|desk] [--root DIR]
# NAME names users (portal-NAME-public), folders (/srv/portal-NAME, /var/lib/portal-NAME-public) and units
# (portal-public@NAME). --root writes below DIR and makes no users: to look first. Nothing that is there is replaced.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fail() { printf '没有新增：%s\n' "$*" >&2; exit 1; }
side=public; root=; name=${1:-}; host=${2:-}
[ $# -ge 2 ] || { echo "用法：add-portal.sh 名称 域名 [--side public|desk] [--root 文件夹]" >&2; exit 2; }
shift 2
while [ $# -gt 0 ]; do
    case $1 in --side|--root) [ -n "${2:-}" ] || fail "$1 后面缺少内容" ;; esac
    case $1 in
        --side) side=$2; shift 2 ;;
        --root) root=$2; shift 2 ;;
        *) fail "不认识 $1" ;;
    esac
done
# users are named after it, and a user's name has 32 characters at most
printf %s "$name" | grep -Eqx '[a-z][a-z0-9]{0,15}' || fail "名称“$name”应为一至十六个小写字母和数字，以字母开头"
printf %s "$host" | grep -Eqx '([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+' || fail "“$host”不是域名"
[ "$side" = public ] || [ "$side" = desk ] || fail "--side 应为 public 或 desk"
case $name in public|desk|build|carrier) fail "“$name”是各服务自己用的名称" ;; esac
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "需要 root"
srv=$root/srv/portal-$name; etc=$root/etc/portal; nginx=$root/etc/nginx
portal=${PORTAL:-/srv/portal/.venv/bin/portal}
[ ! -e "$etc/$name-$side.env" ] || fail "$etc/$name-$side.env 已经存在"
[ "$side" = desk ] || ! grep -rlqs "server_name $host;" "$nginx/sites-enabled" || fail "nginx 已经有 $host"
roles="$side"; [ "$side" = desk ] || roles="public build"

if [ -z "$root" ]; then
    getent group "portal-$name" >/dev/null || groupadd --system "portal-$name"
    for role in $roles; do
        getent passwd "portal-$name-$role" >/dev/null || useradd --system --gid "portal-$name" \
            --no-create-home --home-dir "/var/lib/portal-$name-$role" --shell /usr/sbin/nologin "portal-$name-$role"
    done
fi
mkdir -p "$etc" "$root/srv"
[ -d "$srv/content" ] || { mkdir -p "$srv"; "$portal" setup --texts "$srv" >/dev/null || fail "不能写入内容"; }
settings() { # settings ROLE LINE...: what every service of this portal has, and its own
    role=$1; shift; umask 077
    printf '%s\n' "PORTAL_CONTENT=/srv/portal-$name/content" "PORTAL_NOTICES=/srv/portal-$name/notices" \
        "PORTAL_BASE_URL=https://$host" "$@" > "$etc/$name-$role.env"
    umask 022
}
if [ "$side" = desk ]; then
    port=8001; while grep -qsx "DESK_PORT=$port" "$etc"/*.env; do port=$((port + 1)); done
    settings desk "PORTAL_OBJECTIONS_URL=/objections" "DESK_PORT=$port" \
        "PORTAL_BUILD=/var/lib/portal-$name-desk/site/build" "PORTAL_WATCH_APP=http://127.0.0.1:$port"
    # What the desk's unit lets it write, so that contents can be signed off and published there.
    [ -n "$root" ] || chown -R "portal-$name-desk:portal-$name" "$srv/notices" "$srv/content"
    units="portal-desk@$name portal-backup@$name-desk.timer portal-watch@$name-desk.timer"
else
    settings public "PORTAL_BUILD=/srv/portal-$name/build" "PORTAL_WATCH_APP=unix:/run/portal-$name/public.sock"
    settings build "PORTAL_OBJECTIONS_URL=/objections"
    [ -n "$root" ] || { chown "portal-$name-build:portal-$name" "$srv"; usermod -aG "portal-$name" www-data; }
    mkdir -p "$nginx/conf.d" "$nginx/sites-enabled"
    # Zones and formats once for all portals, upstream and servers for each.
    [ -e "$nginx/conf.d/portal-common.conf" ] || sed -e '/^server {/,$d' -e '/^upstream /d' "$here/nginx.conf" > "$nginx/conf.d/portal-common.conf"
    { grep '^upstream ' "$here/nginx.conf"; sed -n '/^server {/,$p' "$here/nginx.conf"; } | sed \
        -e "s#award\.example#$host#g; s#portal_public#portal_$name#g; s#/srv/portal/#/srv/portal-$name/#g" \
        -e "s#/run/portal/#/run/portal-$name/#g" > "$nginx/sites-enabled/portal-$name.conf"
    units="portal-public@$name portal-build@$name portal-carry@$name.timer portal-backup@$name-public.timer portal-watch@$name-public.timer"
fi
# Both sides on one machine: the desk's half of the carrying follows the public one's.
other=public; [ "$side" = public ] && other=desk
[ ! -e "$etc/$name-$other.env" ] || units="$units portal-collect@$name"
for role in $roles; do
    [ -n "$root" ] || install -d -m 700 -o "portal-$name-$role" "/var/backups/portal-$name-$role"
done
echo "已新增 $name（$host）。接着："
echo "  填写 /srv/portal-$name/content/site.toml 和 /etc/portal/$name-*.env"
[ "$side" = desk ] || echo "  放好 /etc/ssl/$host.pem 和 /etc/ssl/private/$host.key，运行 nginx -t && systemctl reload nginx"
echo "  systemctl enable --now $units"
