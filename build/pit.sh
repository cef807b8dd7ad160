#!/bin/sh
# build/pit.sh [PACKAGE…]: mutation tests (https://pitest.org) of core, journal, activation, signing and vault, or of
# those named. Each is mutated once; the tests of its own package are run against every mutant, for vault also those of
# `it` that use it over SoftHSM in their own process.
# Reports: target/pit-reports/PACKAGE/index.html, and beside it what the table was made from.
# Ends with a table; red if a package is missing in it or has a score below 75 %.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

reports=$PWD/target/pit-reports
least=75
[ $# -gt 0 ] || set -- core journal activation signing vault

rc=0
for package in "$@"; do
    profiles=pit goals="test-compile pitest:mutationCoverage" module=server target="dev.custodian.server.$package.*"
    tests=$target
    case $package in
        core)
            module=core target="dev.custodian.core.*"
            tests=$target
            ;;
        journal | activation | signing) ;;
        vault)
            profiles=pit,pit-it goals=process-test-classes module=it
            for class in EmbeddedVaultContractTest FaultyModuleIT LayoutIT SharesIT 'SoftHsm*IT'; do
                tests="$tests,dev.custodian.it.hsm.$class"
            done
            ;;
        *)
            echo "build/pit.sh: $package is none of core, journal, activation, signing, vault" >&2
            exit 2
            ;;
    esac
    rm -rf "${reports:?}/$package"
    # shellcheck disable=SC2086 # several goals
    nice -n 19 mvn -B -ntp -P$profiles -pl $module -am $goals \
        "-Dpit.target=$target" "-Dpit.tests=$tests" "-Dpit.reports=$reports/$package" || rc=1
done

# What no test noticed, as `class:line mutator method state`.
for package in "$@"; do
    awk -F, '$6 == "SURVIVED" || $6 == "NO_COVERAGE" {
        sub(/.*\./, "", $3)
        print $2 ":" $5, $3, $4, $6
    }' "$reports/$package/mutations.csv" | sort
done >"$reports/survivors.txt"

echo
printf '%-12s %8s %8s %10s %9s %12s %7s %s\n' \
    package mutants killed timed-out survived no-coverage score lines
for package in "$@"; do
    lines=$(sed -n 's/.*coverage_legend">\([0-9]*\/[0-9]*\)<.*/\1/p' "$reports/$package/index.html" | head -n 1)
    # A mutant that ended in an error of the tool counts as one that nobody noticed.
    awk -F, -v package="$package" -v lines="$lines" -v least=$least '
        { all++; n[$6]++ }
        END {
            caught = n["KILLED"] + n["TIMED_OUT"] + n["MEMORY_ERROR"]
            score = all ? 100 * caught / all : 0
            split(lines, of, "/")
            printf "%-12s %8d %8d %10d %9d %12d %6.1f%% %s (%.0f%%)\n", package, all, n["KILLED"] + n["MEMORY_ERROR"],
                n["TIMED_OUT"], all - caught - n["NO_COVERAGE"], n["NO_COVERAGE"], score, lines,
                of[2] ? 100 * of[1] / of[2] : 0
            exit score < least
        }' "$reports/$package/mutations.csv" || rc=1
done
[ $rc -eq 0 ] || echo "make pit: a run failed, or a score is below $least %." >&2
exit $rc
