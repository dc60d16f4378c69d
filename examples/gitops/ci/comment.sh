#!/usr/bin/env bash
# Puts what ci/preview.sh has written on the pull request, in one comment, always the same one.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -s out/comment.md ]; then
    echo "There is no preview to tell of; the log says why." >&2
    exit 1
fi
python3 ci/forge.py comment out/comment.md
