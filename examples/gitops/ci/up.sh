#!/usr/bin/env bash
# Deploys the main branch to the stack. It waits for another `up` on the stack, such as one on somebody's own machine. A
# cancelled job ends `pulumi` in order, so that it leaves no lock.
set -euo pipefail
set -m # each command has a process group of its own: a signal to the group of this script reaches this script only
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/pipe"
cancelled=no
# The engine's own lines, for a self-managed backend and for Pulumi Cloud. Text of a resource never begins a line.
locked='^error: the stack is currently locked by [0-9]+ lock\(s\)\.'
locked+='|^To learn more about possible reasons and resolution, visit https://www\.pulumi\.com/[^ ]*/update-conflicts/$'
# What it says of a state in a folder that another one is writing, or that a full disk has cut off.
cut_off='^error: failed to load checkpoint: .*(EOF|unexpected end of JSON input)$'
seen=

# Sends one signal to `pulumi`, unless it has already got one, as when a CI system ends each process of a job. A second
# signal would end `pulumi` at once and leave its lock and pending operations.
cancel() {
    if [ "$cancelled" = no ]; then
        cancelled=yes
        sleep 1
        grep -q 'received; cancelling' "$folder/log" || kill -TERM "$1" 2>/dev/null || true
    fi
}

up() {
    (trap '' INT TERM && exec tee "$folder/log" <"$folder/pipe") & # it ends when its input ends, and not before
    local printer=$! engine status=0
    pulumi up --stack "$PULUMI_STACK" --yes --skip-preview --non-interactive --color never --suppress-progress \
        >"$folder/pipe" 2>&1 &
    engine=$!
    trap 'cancel "$engine"' INT TERM
    wait "$engine" || status=$?
    while kill -0 "$engine" 2>/dev/null; do # a signal has ended the `wait`, but not yet the engine
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
    if [ "$status" -eq 0 ] || [ "$cancelled" = yes ]; then
        exit "$status"
    elif grep -Eq "$locked" "$folder/log"; then
        seen=locked
    elif grep -Eq "$cut_off" "$folder/log" && [ "$seen" != 'cut off' ]; then
        seen='cut off'
    else
        exit "$status"
    fi
    echo "Another pulumi is at work on $PULUMI_STACK; trying again in ${LOCK_PAUSE:-30} seconds"
    sleep "${LOCK_PAUSE:-30}"
done
echo "Still locked. When no pulumi is at work any more, run: xplenty-pulumi recover --stack $PULUMI_STACK --yes"
exit "$status"
