#!/bin/sh
# build/fuzz.sh:       each fuzz target (a @FuzzTest method) until Jazzer has given it INPUTS inputs, JOBS at a time.
# build/fuzz.sh merge: takes into the committed inputs what reached code that they do not, in few and short files.
# TARGET= picks the targets whose name has this in it. TIMEOUT= seconds for one input (60): more, where others may keep the
# processors for longer. Log, inputs that taught something, and findings of each target lie
# in target/fuzz/NAME. A run that was broken off goes on where it ended; a change of a source or a pom begins anew.
# Ends with a table from the fuzzer's own logs. Red if a target has a finding or fewer inputs than INPUTS.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
. build/jdk.sh

out=target/fuzz
modules=core,link,device,client,document,server,agent

# One line a target: module, class, method.
targets() {
    for file in $(find ./*/src/test/java -name '*FuzzTest.java' | sort); do
        awk -v module="$(echo "$file" | cut -d / -f 2)" '
            /^package / { sub(/;$/, "", $2); package = $2 }
            /^(final )?class / { sub(/^final /, ""); class = $2 }
            /@FuzzTest/ { wanted = 1 }
            wanted && match($0, /void [A-Za-z]+\(/) {
                print module, package "." class, substr($0, RSTART + 5, RLENGTH - 6)
                wanted = 0
            }
        ' "$file"
    done | grep -F -- "${TARGET:-}"
}

# Compiles when something changed since; then what the logs say is about other code, and they go.
compile() {
    [ ! -e $out/compiled ] ||
        [ -n "$(find pom.xml ./*/pom.xml ./*/src/main ./*/src/test/java -newer $out/compiled ! -path './it/*' | head -n 1)" ] ||
        return 0
    rm -f $out/*/log
    mkdir -p $out
    : >$out/compiling
    mvn -B -ntp -q -pl $modules -am test-compile dependency:build-classpath -Dmdep.outputFile=target/fuzz.classpath
    mv $out/compiling $out/compiled
}

# jazzer MODULE CLASS METHOD ARGUMENTS...: a small JVM, without stack traces, which cost more than decoding. A finding
# shows its trace when its file is put among the committed inputs: the unit tests replay them.
jazzer() {
    module=$1 class=$2 method=$3
    shift 3
    # A door that logs each input it refuses would write more than it reads.
    echo .level=OFF >$out/logging.properties
    "$JAVA_HOME/bin/java" -Djava.util.logging.config.file=$out/logging.properties -Xmx512m -XX:+UseSerialGC -XX:-StackTraceInThrowable -XX:+EnableDynamicAgentLoading \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -cp "$module/target/test-classes:$module/target/classes:$(cat "$module/target/fuzz.classpath")" \
        com.code_intelligence.jazzer.Jazzer --target_class="$class" --target_method="$method" \
        '--instrumentation_includes=dev.custodian.**' '--custom_hook_includes=dev.custodian.**' "$@"
}

seeds() {
    echo "$1/src/test/resources/$(echo "$2" | tr . /)Inputs/$3"
}

name() {
    echo "$1.$2" | sed 's/^dev\.custodian\.//'
}

# What the fuzzer's log counts, of all its runs: inputs and seconds.
counted() {
    cat "$1" 2>/dev/null | awk '
        /^stat::number_of_executed_units:/ { inputs += $2; last = $2 }
        /^stat::average_exec_per_sec:/ && $2 > 0 { seconds += last / $2 }
        END { printf "%d %d\n", inputs, seconds }
    '
}

done_of() {
    counted "$1" | cut -d ' ' -f 1
}

run() {
    dir=$out/$(name "$2" "$3")
    seeds=$(seeds "$@")
    left=$((INPUTS - $(done_of "$dir/log")))
    [ $left -gt 0 ] || return 0
    mkdir -p "$dir/corpus" "$dir/findings"
    # What was found before is tried first.
    find "$dir/findings" -type f -exec mv {} "$dir/corpus" \;
    longest=$(find "$seeds" -type f -exec wc -c {} + | awk '$2 != "total" && $1 > most { most = $1 } END { print most }')
    [ "$longest" -ge 1024 ] || longest=1024
    # However it ended: the log and the findings say what came of it.
    nice -n 19 sh "$0" jazzer "$@" -runs=$left -max_len="$longest" -max_total_time=0 -timeout="${TIMEOUT:-60}" -report_slow_units="${TIMEOUT:-60}" \
        -print_final_stats=1 -artifact_prefix="$dir/findings/" --reproducer_path="$dir" \
        "$dir/corpus" "$seeds" >>"$dir/log" 2>&1 || true
    # Somebody stopped it; the input of that moment is no finding.
    ! tail -n 20 "$dir/log" | grep -q '^SUMMARY: libFuzzer: fuzz target exited' || rm -f "$dir"/findings/*
    echo "$(done_of "$dir/log") inputs, $(ls "$dir/findings" | wc -l) findings: $(name "$2" "$3")"
}

# libFuzzer starts itself once more for this, by the name jazzer.
merge() {
    mkdir -p $out/bin
    printf '#!/bin/sh\nexec sh build/fuzz.sh jazzer %s %s %s "$@"\n' "$@" >$out/bin/jazzer
    chmod +x $out/bin/jazzer
    PATH=$PWD/$out/bin:$PATH jazzer "$@" -set_cover_merge=1 -use_counters=0 \
        "$(seeds "$@")" "$out/$(name "$2" "$3")/corpus"
}

table() {
    echo '| target | inputs | seconds | learnt | findings |'
    echo '| --- | ---: | ---: | ---: | ---: |'
    targets | while read -r module class method; do
        name=$(name "$class" "$method")
        dir=$out/$name
        echo "$name $(counted "$dir/log")" \
            "$(ls "$dir/corpus" 2>/dev/null | wc -l) $(ls "$dir/findings" 2>/dev/null | wc -l)"
    done | awk -v wanted="$INPUTS" '
        { print "| `" $1 "` | " $2 " | " $3 " | " $4 " | " $5 " |"; all += $2; seconds += $3; found += $5 }
        $2 < wanted { few++ }
        END {
            print "| all | " all " | " seconds " | | " found " |"
            exit !NR || few > 0 || found > 0
        }
    '
}

INPUTS=${INPUTS:-10000000}
export INPUTS
case ${1:-} in
    '')
        compile
        targets | xargs -P "${JOBS:-1}" -L 1 sh "$0" run
        table
        ;;
    merge)
        compile
        targets | while read -r target; do merge $target </dev/null; done
        ;;
    run | jazzer | table)
        "$@"
        ;;
    *)
        echo "usage: build/fuzz.sh [merge]" >&2
        exit 2
        ;;
esac
