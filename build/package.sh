#!/bin/sh
# Builds the programs (cli, server and agent) when a source or a pom is newer than the last build; else does nothing, fast.
# Without tests. Progress goes to stderr, Maven's own output to target/build.log.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

# Its time is that of the last build's start: what was edited meanwhile counts as newer.
stamp=target/built

is_stale() {
    [ -e "$stamp" ] && [ -d cli/target/lib ] && [ -d server/target/lib ] && [ -d agent/target/lib ] || return 0
    # Folders count too: their time changes when a file goes away.
    [ -n "$(find pom.xml .mvn ./*/pom.xml ./*/src/main -newer "$stamp" ! -path './it/*' ! -path './bench/*' -print | head -n 1)" ]
}

is_stale || exit 0
if ! command -v mvn >/dev/null; then
    echo "Custodian is built with Maven 3.8.7 or newer, and there is no mvn here: install it (Debian: apt-get install maven)." >&2
    exit 1
fi

# One build at a time: a second run waits for the first, then finds nothing to do. The lock ends with this process.
if command -v flock >/dev/null; then
    exec 9<build
    flock -n 9 || { echo "Waiting for another build of Custodian to end ..." >&2; flock 9; }
    is_stale || exit 0
fi

mkdir -p target
started=$(mktemp target/started.XXXXXX)
trap 'rm -f "$started" "$started.rc"' EXIT
echo "Building Custodian (the first time takes some minutes: it fetches the libraries) ..." >&2
{
    rc=0
    mvn -B package -pl cli,server,agent -am -Dmaven.test.skip=true 9<&- 2>&1 || rc=$?
    echo "$rc" >"$started.rc"
} | tee target/build.log | awk '
    /^\[INFO\] Building Custodian: / { sub(/^\[INFO\] Building Custodian: /, ""); sub(/ +[0-9.]+ +\[.*/, ""); say("  " $0) }
    /Downloaded from / { if (++files % 50 == 0) say("  " files " files fetched") }
    function say(line) { print line; fflush() }
' >&2
if [ "$(cat "$started.rc")" != 0 ]; then
    errors=$(grep -E '^\[(ERROR|WARNING)\]' target/build.log | sed '/\[Help 1\]/,$d')
    printf '%s\n' "${errors:-$(tail -n 20 target/build.log)}" >&2
    echo "The build failed; all of Maven's output is in $(pwd)/target/build.log." >&2
    exit 1
fi
build/aot.sh 9<&-
mv "$started" "$stamp"
