#!/bin/sh
# Installs the portal from this folder, without the network: sh install.sh /srv/portal/.venv
# Checks every file first; needs Python of the version the bundle was made for, with its venv module.
set -eu
[ $# = 1 ] || { echo "用法：sh install.sh 安装到的文件夹，例如 /srv/portal/.venv" >&2; exit 2; }
case $1 in /*) target=$1 ;; *) target=$(pwd)/$1 ;; esac
cd "$(dirname "$0")"
fail() { printf '没有安装：%s\n' "$*" >&2; exit 1; }
python=${PYTHON:-python3}
wanted=$(basename "$(pwd -P)" | sed -n 's/.*-py\([0-9]\)\([0-9]*\)$/\1.\2/p')
[ ! -e "$target" ] || fail "$target 已经存在；请换一个文件夹，或者先把它移走"
sha256sum --quiet -c SHA256SUMS || fail "文件不全或者被改过（见上面几行），请重新复制安装包"
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || fail "找不到 Python（$python）"
[ -z "$wanted" ] || [ "$found" = "$wanted" ] || \
    fail "这个安装包是给 Python $wanted 的，这里是 $found；请用 PYTHON=… 指定，或者要一份相应的安装包"
"$python" -m venv "$target" || fail "不能建立 $target；Debian 请先安装 python3-venv"
pip() { "$target/bin/python" -m pip -q --disable-pip-version-check --isolated --no-cache-dir "$@"; }
undo() { rm -rf "$target"; fail "$*"; }
pip install --no-index --no-deps --require-hashes --find-links wheels -r bundle.lock || undo "软件包装不上"
pip install --no-index --no-deps ./*.whl || undo "程序装不上"
"$target/bin/portal" setup --fonts fonts || undo "字体装不上"
echo "已安装：$target/bin/portal"
