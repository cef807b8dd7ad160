#!/bin/sh
# Makes agent/target/agent.aot and server/target/server.aot: what starting the program loads and links, ready-made (JEP 514). A start and an end
# in an empty folder is what each is made from. Does nothing, fast, when no jar is newer. Without it the program starts all the same, only
# slower: so no failure here is one.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

# As build/launch.sh sees it.
is_fresh() {
    [ -s "$1/target/$1.aot" ] && [ -z "$(find "$1/target/lib" "$JAVA_HOME/release" -newer "$1/target/$1.aot")" ]
}
! is_fresh agent || ! is_fresh server || exit 0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# become MODULE OPTION... CLASS ARGUMENT...: with the options of build/launch.sh, since a cache is for these alone.
become() {
    module=$1
    shift
    exec timeout 120 "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -Dcustodian.home="$(pwd)" -cp "$(pwd)/$module/target/lib/*" "$@"
}

# record MODULE READY OPTION... CLASS ARGUMENT...: starts the program, and ends it once it has printed READY.
record() {
    module=$1 ready=$2 cache=$(pwd)/$1/target/$1.aot
    shift 2
    become "$module" -XX:AOTCacheOutput="$cache.new" "$@" >"$folder/$module.out" 2>"$folder/$module.log" &
    program=$!
    tries=0
    while kill -0 $program 2>/dev/null && ! grep -qs "$ready" "$folder/$module.out" && [ $tries -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill $program 2>/dev/null || :
    wait $program || :
    if [ -s "$cache.new" ]; then mv -f "$cache.new" "$cache"; else rm -f "$cache"; fi
}

unset DISPLAY
record agent '^SSH_AUTH_SOCK=' -Xms16m -Xmx128m dev.custodian.agent.Main --state "$folder/state" --sockets "$folder/sockets"

if (become server dev.custodian.server.Main init --dir "$folder/data") >/dev/null 2>&1; then
    sed 's/^port = .*/port = 0/' "$folder/data/config.toml" >"$folder/config.toml"
    mv "$folder/config.toml" "$folder/data/config.toml"
    record server '"ready":true' dev.custodian.server.Main run --config "$folder/data/config.toml"
fi
