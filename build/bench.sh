#!/bin/sh
# Builds what is out of date, then measures. The result is printed, and is in bench/target/bench.txt.
# PART= picks what: programs, windows, server, device, hsm, crowd; several with blanks between them. All, where it is not set.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

# First: the measurement starts ./custodian, which must then find nothing to build.
build/package.sh
case "${PART:-windows}" in *windows*) build/wine.sh ;; esac
mvn -B -ntp -q -pl bench -am package -Dmaven.test.skip=true >&2
# The run writes it.
SOFTHSM2_CONF=$(pwd)/bench/target/softhsm2.conf
export SOFTHSM2_CONF
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Dcustodian.home="$(pwd)" \
    -cp "bench/target/lib/*" dev.custodian.bench.Main bench/target/bench.txt "${PART:-}"

# measured CLASS FILE: what needs the agent, windows or cards of the end-to-end tests. It writes the file.
measured() {
    rm -f "it/target/$2"
    mvn -B -ntp -q -Pit -pl it -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test="$1" \
        -Dfailsafe.failIfNoSpecifiedTests=false >&2
    cat "it/target/$2"
    cat "it/target/$2" >>bench/target/bench.txt
}

case "${PART:-device}" in
*device*)
    measured CardSpeed card-speed.txt
    measured SessionSpeed session-speed.txt
    ;;
esac
case "${PART:-windows}" in *windows*) measured WindowsSpeed windows-speed.txt ;; esac
