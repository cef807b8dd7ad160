#!/bin/sh
# build/packages.sh NAME...: installs those of the named Debian packages that are missing. Says on stderr what it does.
set -eu

missing=
for name in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || state=none
    [ "$state" = installed ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need what Debian packages as:$missing. There is no apt-get here: install them in this system's own way." >&2
    # Not an error yet: they may be there under other names. A test that misses one fails and says so.
    exit 0
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
    if ! $as_root true 2>/dev/null; then
        echo "The tests need Debian packages that are missing: run 'sudo apt-get install$missing', then try again." >&2
        exit 1
    fi
fi
echo "Installing Debian packages:$missing ..." >&2
{
    # Another one may be at it, and a mirror may not answer the first time.
    patient="-o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
    # shellcheck disable=SC2086 # lists
    $as_root apt-get -q $patient update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as_root apt-get -q -y $patient --no-install-recommends install $missing
} >&2
