#!/bin/sh
# Brings the five font files of the PDF documents to .venv/share/portal-fonts, each with a checked
# SHA-256, so that every machine sets the same bytes. Works as root or not; no package is installed.
#
#   FandolFang, FandolKai, FandolSong-Bold   仿宋, 楷体, 小标宋: from Debian's texlive-lang-chinese
#                                            (unpacked, not installed); GPL with font exception
#   NotoSansSC, NotoSerifSC                  黑体, 宋体 and every rare character: from the locked
#                                            wheel pylopdf-fonts-zh-cn; SIL Open Font License 1.1
#
# Without apt, put the three Fandol files into the folder by hand and run this again: it checks them.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
target=$root/.venv/share/portal-fonts

fail() { printf '\nset-up stopped: %s\n' "$*" >&2; exit 1; }

fandol='d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9  FandolFang-Regular.otf
ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827  FandolKai-Regular.otf
ffa76a70e128947a4dd22151d5ee829b23e24ce3cb6fe8ad49891cd1c2d9e9b9  FandolSong-Bold.otf'
noto='faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9  NotoSansSC-Regular.otf
e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3  NotoSerifSC-Regular.otf'

holds() { (cd "$target" 2>/dev/null && printf '%s\n' "$1" | sha256sum --check --status 2>/dev/null); }

mkdir -p "$target"
# Fonts that an office added for the characters of rare names (docs/documents.md).
rm -rf "$target/added"
for font in fonts/*.otf fonts/*.ttf fonts/*.ttc; do
    [ -f "$font" ] || continue
    mkdir -p "$target/added"
    cp "$font" "$target/added/"
done

if holds "$fandol" && holds "$noto"; then exit 0; fi

if ! holds "$noto"; then
    wheel=$(.venv/bin/python -c 'import pylopdf_fonts_zh_cn as f; print(f.sans_path().parent)') \
        || fail "the locked package pylopdf-fonts-zh-cn is missing; run make setup"
    cp "$wheel/NotoSansSC-Regular.otf" "$wheel/NotoSerifSC-Regular.otf" "$target"
    cp "$wheel"-*.dist-info/licenses/LICENSE "$target/Noto-OFL.txt" 2>/dev/null || true
    holds "$noto" || fail "the Noto fonts are not the expected ones; remove .venv and run make setup"
fi

if ! holds "$fandol"; then
    advice="put FandolFang-Regular.otf, FandolKai-Regular.otf and FandolSong-Bold.otf into $target and run make setup again (Debian and Ubuntu have them in texlive-lang-chinese, CTAN in fonts/fandol)"
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 \
        || fail "the fonts of the PDF documents need apt-get and dpkg-deb; or $advice"
    echo "set-up: fetching the PDF fonts (49 MB)"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    # Own lists and cache: needs no root and no earlier apt-get update.
    mkdir -p "$scratch/state/lists/partial" "$scratch/cache/archives/partial"
    apt() {
        apt-get -qq -o Dir::State="$scratch/state" -o Dir::State::status=/var/lib/dpkg/status \
            -o Dir::Cache="$scratch/cache" -o APT::Sandbox::User= "$@"
    }
    (cd "$scratch" && apt update >/dev/null && apt download texlive-lang-chinese >/dev/null 2>&1) \
        || fail "texlive-lang-chinese could not be fetched; $advice"
    dpkg-deb --fsys-tarfile "$scratch"/texlive-lang-chinese_*.deb \
        | tar -x -C "$scratch" --wildcards '*/fandol/FandolFang-Regular.otf' \
            '*/fandol/FandolKai-Regular.otf' '*/fandol/FandolSong-Bold.otf' '*/fandol/COPYING*' \
        || fail "the package texlive-lang-chinese holds no Fandol fonts; $advice"
    find "$scratch" -path '*/fandol/Fandol*.otf' -exec cp {} "$target" \;
    find "$scratch" -path '*/fandol/COPYING.gz' -exec sh -c 'gzip -dc "$1" > "$2"' _ {} "$target/Fandol-GPL.txt" \;
    holds "$fandol" || { rm -f "$target"/Fandol*.otf; fail "the Fandol fonts are not the expected ones; $advice"; }
fi
echo "set-up: PDF fonts ready (licences: $target/*.txt)"
