#!/bin/sh
# Rewrites the lock files from pyproject.toml; needs `uv` on the PATH. Run it when a dependency changes.
set -eu
cd "$(dirname "$0")/.."
compile() { uv pip compile --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet "$@"; }
compile pyproject.toml --group build --output-file requirements.lock
compile pyproject.toml --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
compile pyproject.toml --group build --extra store --constraint requirements.lock --output-file requirements-store.lock
