#!/usr/bin/env bash
# Writes the output of ci/preview.sh to one comment of the pull request, and updates that comment later.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -s out/comment.md ]; then
    echo "There is no preview to comment; see the log for the reason." >&2
    exit 1
fi
python3 ci/forge.py comment out/comment.md
