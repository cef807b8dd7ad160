#!/bin/sh
# Builds what is out of date, then measures. The result is printed, and is in bench/target/bench.txt.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

# First: the measurement starts ./custodian, which must then find nothing to build.
build/package.sh
build/wine.sh
mvn -B -ntp -q -pl bench -am package -Dmaven.test.skip=true >&2
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Dcustodian.home="$(pwd)" \
    -cp "bench/target/lib/*" dev.custodian.bench.Main bench/target/bench.txt
