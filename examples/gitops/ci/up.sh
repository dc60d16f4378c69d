#!/usr/bin/env bash
# Brings the stack to the state of the main branch. It waits for an `up` that runs on it already, such as on somebody's own
# machine; a cancelled job ends `pulumi` in order, so that it leaves no lock.
set -euo pipefail
set -m # each command in a group of its own: what is sent to all of this job's processes reaches this one alone
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/pipe"
cancelled=no
# The engine's own lines, of a self-managed backend and of Pulumi Cloud. What a resource says is never at a line's start.
locked='^error: the stack is currently locked by [0-9]+ lock\(s\)\.'
locked+='|^To learn more about possible reasons and resolution, visit https://www\.pulumi\.com/[^ ]*/update-conflicts/$'

# Hands on one signal, unless it has come there by itself, as where a CI system ends each process of a job: a second one
# ends `pulumi` at once, with its lock left and what was under way unknown.
cancel() {
    if [ "$cancelled" = no ]; then
        cancelled=yes
        sleep 1
        grep -q 'received; cancelling' "$folder/log" || kill -TERM "$1" 2>/dev/null || true
    fi
}

up() {
    (trap '' INT TERM && exec tee "$folder/log" <"$folder/pipe") & # it ends with what it reads, and not before
    local printer=$! engine status=0
    pulumi up --stack "$PULUMI_STACK" --yes --skip-preview --non-interactive --color never --suppress-progress \
        >"$folder/pipe" 2>&1 &
    engine=$!
    trap 'cancel "$engine"' INT TERM
    wait "$engine" || status=$?
    while kill -0 "$engine" 2>/dev/null; do # a signal has ended the waiting, not yet what was waited for
        status=0
        wait "$engine" || status=$?
    done
    trap - INT TERM
    wait "$printer"
    return "$status"
}

for _ in $(seq "${LOCK_TRIES:-60}"); do
    status=0
    up || status=$?
    if [ "$status" -eq 0 ] || [ "$cancelled" = yes ] || ! grep -Eq "$locked" "$folder/log"; then
        exit "$status"
    fi
    echo "Another pulumi is at work on $PULUMI_STACK; trying again in ${LOCK_PAUSE:-30} seconds"
    sleep "${LOCK_PAUSE:-30}"
done
echo "Still locked. When no pulumi is at work any more, run: xplenty-pulumi recover --stack $PULUMI_STACK --yes"
exit "$status"
