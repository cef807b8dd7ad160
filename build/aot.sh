#!/bin/sh
# Makes agent/target/agent.aot: what starting the agent loads and links, ready-made (JEP 514). A start and an end of an agent of its own,
# in an empty folder, is what it is made from. Without it the agent starts all the same, only slower: so no failure here is one.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

cache=$(pwd)/agent/target/agent.aot
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The options of ./custodian agent: a cache is for these alone.
env -u DISPLAY timeout 120 "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$cache.new" -XX:+UseSerialGC -Xms16m -Xmx128m --enable-native-access=ALL-UNNAMED \
    -Dcustodian.home="$(pwd)" -cp "$(pwd)/agent/target/lib/*" dev.custodian.agent.Main \
    --state "$folder/state" --sockets "$folder/sockets" >"$folder/out" 2>"$folder/log" &
agent=$!
tries=0
while kill -0 $agent 2>/dev/null && ! grep -qs '^SSH_AUTH_SOCK=' "$folder/out" && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill $agent 2>/dev/null || :
wait $agent || :
if [ -s "$cache.new" ]; then mv -f "$cache.new" "$cache"; else rm -f "$cache"; fi
