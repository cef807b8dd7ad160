#!/bin/sh
# Makes target/python, the Python programs that the end-to-end tests drive, as it/python/requirements.txt pins them.
# Does nothing, fast, when they are there already. Says on stderr what it does.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."

wanted=it/python/requirements.txt
made=target/python/requirements.txt
! cmp -s "$wanted" "$made" || exit 0

echo "Installing Python programs for the tests (the first time takes a minute: they are fetched) ..." >&2
mkdir -p target
log=target/python.log
rm -rf target/python
if ! {
    python3 -m venv target/python &&
        target/python/bin/python -m pip install --disable-pip-version-check --no-input -r "$wanted"
} >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "The Python programs could not be installed; all output is in $(pwd)/$log. Try again when the package index is in reach." >&2
    exit 1
fi
cp "$wanted" "$made"
