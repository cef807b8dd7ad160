#!/bin/sh
# build/tests.sh unit: unit tests and slices of all modules, with format check and all other house rules.
# build/tests.sh it:   end-to-end tests with programs of others, two classes at a time; with FORKS=1 one after another.
# build/tests.sh full: what takes too long for each change; in module it also the classes named *Full.
# build/tests.sh soak: the classes Soak and AgentSoak of module it, or the one that SOAK names, and nothing else.
# Ends with one line `tests: N passed, N failed, N skipped`. Red if any test failed or was skipped, or if none ran.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

rm -rf ./*/target/surefire-reports ./*/target/failsafe-reports
rc=0
case ${1:-} in
    unit)
        mkdir -p target
        started=$(mktemp target/started.XXXXXX)
        mvn -B -ntp -T 2 --fail-at-end verify || rc=$?
        # With that the programs are built as build/package.sh builds them, which then has nothing to do.
        if [ $rc = 0 ]; then
            build/aot.sh
            mv "$started" target/built
        else
            rm "$started"
        fi
        ;;
    it)
        # First, so that no test that starts ./custodian finds it out of date and builds in the middle of this build.
        build/package.sh
        build/aot.sh
        # The programs' folders stay as they are: jars laid out anew are newer than what was made ready from them, and each program
        # would start slowly. Nothing is compiled that is up to date, which Maven sees by itself.
        mvn -B -ntp --fail-at-end -Pit -Dmaven.clean.skip -Dmdep.skip -Dcustodian.it.forks="${FORKS:-2}" verify || rc=$?
        ;;
    full)
        # First: what runs under Wine are the packaged programs.
        build/package.sh
        mvn -B -ntp --fail-at-end -Pit -pl it -am verify -Dtest=TenThousandIdleConnections -Dsurefire.failIfNoSpecifiedTests=false \
            -Dit.test='KilledModuleIT,KryopticBinding,KryopticCheck,KryopticVault,NssVault,*Full' -Dcustodian.it.kills=100 \
            -Dfailsafe.failIfNoSpecifiedTests=false || rc=$?
        ;;
    soak)
        mvn -B -ntp -Pit -pl it -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
            -Dit.test="${SOAK:-Soak,AgentSoak}" -Dfailsafe.failIfNoSpecifiedTests=false || rc=$?
        ;;
    *)
        echo "usage: build/tests.sh unit|it|full|soak" >&2
        exit 2
        ;;
esac

# Maven ends its output with colour codes and no newline: without this the count would not stand alone on its line.
echo
# The count comes from the reports, whatever Maven said; a crashed test process leaves none, but then Maven failed.
find . -path './*/target/*-reports/TEST-*.xml' -exec cat {} + | awk '
    function number(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
    /<testsuite / { inside = 1 }
    inside {
        ran += number("tests"); failed += number("failures") + number("errors"); skipped += number("skipped")
        if (/>/) inside = 0
    }
    END {
        printf "tests: %d passed, %d failed, %d skipped\n", ran - failed - skipped, failed, skipped
        exit ran == 0 || failed > 0 || skipped > 0
    }
' || rc=1
exit $rc
