#!/usr/bin/env bash
# Previews the stack, and writes what a merge would do to out/comment.md, which ci/comment.sh reads.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
preview=$(mktemp)
trap 'rm -f "$preview"' EXIT
mkdir -p out
rm -f out/comment.md

status=0
pulumi preview --stack "$PULUMI_STACK" --json --non-interactive >"$preview" 2>&1 || status=$?
xplenty-pulumi preview-comment --stack "$PULUMI_STACK" --commit "${COMMIT:-}" --log "${RUN_URL:-}" \
    <"$preview" >out/comment.md
cat out/comment.md
exit "$status"
