#!/bin/sh
# build/pit.sh [PACKAGE…]: mutation tests (https://pitest.org) of core, journal, activation, signing and vault, or of
# those named. Each is mutated once; the tests of its own package are run against every mutant, for vault also those of
# `it` that use it over SoftHSM in their own process.
# Reports: target/pit-reports/PACKAGE/index.html, and beside it what the table was made from; four of them for vault.
# Ends with a table; red if a package is missing in it or has a score below 75 %.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

reports=$PWD/target/pit-reports
least=75
[ $# -gt 0 ] || set -- core journal activation signing vault

for package in "$@"; do
    case $package in
        core | journal | activation | signing | vault) ;;
        *)
            echo "build/pit.sh: $package is none of core, journal, activation, signing, vault" >&2
            exit 2
            ;;
    esac
done
rc=0

# mutate REPORT MODULE CLASSES TESTS [OPTION…]
mutate() {
    report=$1 module=$2 classes=$3 tests=$4
    shift 4
    case $module in
        it) goals="-Ppit,pit-it process-test-classes" ;;
        *) goals="-Ppit test-compile pitest:mutationCoverage" ;;
    esac
    # shellcheck disable=SC2086 # several words
    nice -n 19 mvn -B -ntp $goals -pl "$module" -am "-Dpit.target=$classes" "-Dpit.tests=$tests" \
        "-Dpit.reports=$reports/$report" "$@" || rc=1
}

# The vault in four parts, each with the tests that are about it: those over SoftHSM are dear.
vault() {
    name=dev.custodian.server.vault
    it=dev.custodian.it.hsm
    check="$name.HsmCheck*,$name.Thief*,$name.Finding*"
    token="$name.Hsm,$name.Hsm\$*"
    for class in CertificationRequests EmbeddedVault HsmSetup KeyProof Pkcs11Vault SharedKeys Succession Token Vaults WrappingKeys; do
        token="$token,$name.$class*"
    done
    mutate vault/check it "$check" "$it.SoftHsmCheckIT"
    mutate vault/pkcs11 it "$name.pkcs11.*" "$name.pkcs11.*,$it.SoftHsmBindingIT,$it.FaultyModuleIT,$it.LayoutIT"
    mutate vault/token it "$token" "$it.EmbeddedVaultContractTest,$it.SharesIT,$it.SoftHsmVaultIT,$name.EmbeddedVaultTest"
    mutate vault/rest server "$name.*" "$name.*" "-DexcludedClasses=$check,$name.pkcs11.*,$token"
}

for package in "$@"; do
    rm -rf "${reports:?}/$package"
    case $package in
        core) mutate core core "dev.custodian.core.*" "dev.custodian.core.*" ;;
        journal | activation | signing)
            mutate "$package" server "dev.custodian.server.$package.*" "dev.custodian.server.$package.*"
            ;;
        vault) vault ;;
    esac
done

# results PACKAGE: class, place, mutator and state of each mutant.
results() { find "$reports/$1" -name mutations.csv -exec cat {} +; }

# lines PACKAGE: of/all that the tests reached.
lines() {
    find "$reports/$1" -name mutations.csv | while read -r csv; do
        sed -n 's/.*coverage_legend">\([0-9]*\/[0-9]*\)<.*/\1/p' "${csv%/*}/index.html" | head -n 1
    done | awk -F/ '{ reached += $1; all += $2 } END { print reached "/" all }'
}

# What no test noticed, as `class:line mutator method state`.
for package in "$@"; do
    results "$package" | awk -F, '$6 == "SURVIVED" || $6 == "NO_COVERAGE" || $6 == "RUN_ERROR" {
        sub(/.*\./, "", $3)
        print $2 ":" $5, $3, $4, $6
    }' | sort
done >"$reports/survivors.txt"

echo
printf '%-12s %8s %8s %10s %9s %12s %7s %s\n' \
    package mutants killed timed-out survived no-coverage score lines
for package in "$@"; do
    # A mutant that ended in an error of the tool counts as one that nobody noticed.
    results "$package" | awk -F, -v package="$package" -v lines="$(lines "$package")" -v least=$least '
        { all++; n[$6]++ }
        END {
            caught = n["KILLED"] + n["TIMED_OUT"] + n["MEMORY_ERROR"]
            score = all ? 100 * caught / all : 0
            split(lines, of, "/")
            printf "%-12s %8d %8d %10d %9d %12d %6.1f%% %s (%.0f%%)\n", package, all, n["KILLED"] + n["MEMORY_ERROR"],
                n["TIMED_OUT"], all - caught - n["NO_COVERAGE"], n["NO_COVERAGE"], score, lines,
                of[2] ? 100 * of[1] / of[2] : 0
            exit score < least
        }' || rc=1
done
[ $rc -eq 0 ] || echo "make pit: a run failed, or a score is below $least %." >&2
exit $rc
