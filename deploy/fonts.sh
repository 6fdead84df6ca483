#!/bin/sh
# Brings the fonts of the PDF documents to .venv/share/portal-fonts, each with a checked SHA-256, so that
# every machine sets the same bytes; and those in fonts/ that an office added for rare names.
# Without apt, put the three Fandol files into a folder and give it: deploy/fonts.sh --fonts DIR
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python -m portal setup --added fonts "$@"
