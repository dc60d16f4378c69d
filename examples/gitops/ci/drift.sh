#!/usr/bin/env bash
# Compares the stack with the account, and keeps one issue open while they differ.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
title="Drift in the stack $PULUMI_STACK"

status=0
xplenty-pulumi drift --stack "$PULUMI_STACK" --format markdown >"$report" || status=$?
cat "$report"
[ -s "$report" ] || status=1 # without a report there is no comparison
case $status in
    0) python3 ci/forge.py close "$title" ;;
    2) python3 ci/forge.py open "$title" "$report" ;;
    *) exit "$status" ;;
esac
