#!/usr/bin/env bash
# Previews the stack, and says in one comment of the pull request, always the same one, what a merge would do.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

status=0
pulumi preview --stack "$PULUMI_STACK" --json --non-interactive >"$folder/preview" 2>&1 || status=$?
xplenty-pulumi preview-comment --stack "$PULUMI_STACK" --commit "${COMMIT:-}" --log "${RUN_URL:-}" \
    <"$folder/preview" >"$folder/comment.md"
cat "$folder/comment.md"
python3 ci/forge.py comment "$folder/comment.md"
exit "$status"
