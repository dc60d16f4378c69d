#!/usr/bin/env bash
# Installs what the other steps need, pinned by more than a name: hashes pin the packages of the program and, if the
# machine has none, Pulumi. A wheel in wheels/ is part of the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$HOME/.pulumi/bin"
pip install --quiet --require-hashes --only-binary :all: --requirement requirements.txt
if compgen -G "wheels/*.whl" >/dev/null; then
    pip install --quiet --no-index --no-deps wheels/*.whl
fi
if ! command -v xplenty-pulumi >/dev/null; then
    echo "xplenty-pulumi is not installed: put its wheel into wheels/, or its release with hashes into requirements.txt" >&2
    exit 1
fi
if ! command -v pulumi >/dev/null; then
    version=3.255.0 # with the hashes of the vendor's pulumi-$version-checksums.txt
    case "$(uname -s) $(uname -m)" in
        "Linux x86_64") machine=x64 hash=cf559568e2c32f7fae56ea3de8ae5fa48973ba8c5aa9dd2b3dc0c8898fe50dba ;;
        "Linux aarch64") machine=arm64 hash=699fbc6ea848d997e9b3645487f108d27b1b55ec807c7576406131e6e080f0e3 ;;
        *) echo "there is no pulumi on PATH, and no hash of it for this machine" >&2 && exit 1 ;;
    esac
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    curl --fail --silent --show-error --location --proto =https --output "$folder/pulumi.tar.gz" \
        "https://get.pulumi.com/releases/sdk/pulumi-v$version-linux-$machine.tar.gz"
    echo "$hash  $folder/pulumi.tar.gz" | sha256sum --check --quiet
    mkdir -p "$HOME/.pulumi/bin"
    tar --extract --gzip --file "$folder/pulumi.tar.gz" --strip-components 1 --directory "$HOME/.pulumi/bin"
fi
if [ -n "${GITHUB_PATH:-}" ]; then
    echo "$HOME/.pulumi/bin" >>"$GITHUB_PATH"
fi
pulumi version
