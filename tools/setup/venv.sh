#!/bin/sh
# Makes a virtual environment that holds exactly what the lock file says: venv.sh PYTHON FOLDER LOCK
set -eu
python=$1 folder=$2 lock=$3

fail() {
    echo "setup: $1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "there is no $python on PATH. Install Python 3.11 or later, or name yours: make PYTHON=python3.12 setup"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or later is needed, and $python is $("$python" --version 2>&1). Name a newer one: make PYTHON=python3.12 setup"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python lacks its venv module. Debian and Ubuntu have it in the package python3-venv; install that and try again"

echo "setup: making $folder with $("$python" --version 2>&1)" >&2
"$python" -m venv --clear "$folder"
echo "setup: installing $(grep -c '==' "$lock") packages from $lock (half a minute to two minutes)" >&2
exec env PIP_USER=0 "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --require-hashes --requirement "$lock"
