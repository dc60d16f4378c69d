#!/usr/bin/env bash
# Gets what the other steps need: the packages of the program, and Pulumi where the machine has none.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"

pip install --quiet --requirement requirements.txt
if ! command -v pulumi >/dev/null; then
    curl --fail --silent --show-error --location https://get.pulumi.com | sh >/dev/null
fi
pulumi version
