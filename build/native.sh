#!/bin/sh
# build/native.sh: makes what is written in C, in target/native/{x64,x86}: the key storage provider, its registration, the self-test,
# and what the tests need: fake agent, router, mutants; in target/native/linux the codec under sanitizers and its fuzz target.
# Does nothing, fast, when no source is newer. Says on stderr what it does.
# build/native.sh library FOLDER: the two libraries alone, not signed, into FOLDER: the same octets each time.
# build/native.sh fuzz: the codec under libFuzzer until it has had INPUTS inputs, from what it learnt before, in target/fuzz/native.codec.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."

out=target/native
sources=native
version=$(sed -n 's/^ *<version>\([0-9.]*\)<\/version>$/\1/p' pom.xml | head -n 1)
numbers=$(echo "$version" | tr . ,),0

warnings="-std=gnu11 -Wall -Wextra -Werror -Wshadow -Wvla -Wno-missing-field-initializers"
windows="-D_WIN32_WINNT=0x0602 -DUNICODE -D_UNICODE"
# No C runtime, so nothing may need one: neither a probe of the stack, which is why frames stay below a page, nor memset of loops.
bare="-O2 -ffreestanding -fno-tree-loop-distribute-patterns -mno-stack-arg-probe -fno-ident -Wframe-larger-than=3500
    -Wswitch-enum"
# The same octets on each machine, in each folder.
linking="-Wl,--no-insert-timestamp,--disable-auto-image-base"

generate() {
    mkdir -p "$1"
    echo >"$1/empty"
    awk -f $sources/link/numbers.awk core/src/main/resources/vectors/algorithms.txt "$1/empty" \
        link/src/main/resources/vectors/link/failures.txt >"$1/numbers.h"
    rm "$1/empty"
}

# compiler ARCHITECTURE
compiler() {
    case $1 in
        x64) echo x86_64-w64-mingw32 ;;
        x86) echo i686-w64-mingw32 ;;
    esac
}

# resource ARCHITECTURE FILE TYPE DESCRIPTION OBJECT: the version that Windows shows of a file.
resource() {
    printf '#define VERSION_NUMBERS %s\n#define VERSION_TEXT "%s"\n#define FILE_TYPE %s\n#define FILE_NAME "%s"\n#define DESCRIPTION "%s"\n#include "%s"\n' \
        "$numbers" "$version" "$3" "$2" "$4" "$sources/ksp/version.rc" >"$5.rc"
    "$(compiler "$1")-windres" -i "$5.rc" -O coff -o "$5"
    rm "$5.rc"
}

# objects ARCHITECTURE SOURCES FOLDER [OPTION...]: the objects of the library.
objects() {
    architecture=$1 from=$2 to=$3
    shift 3
    mkdir -p "$to"
    (
        cd "$to"
        "$(compiler "$architecture")-gcc" $warnings $windows $bare "-DCUSTODIAN_VERSION=\"$version\"" -I"$generated" "$@" \
            -c "$from"/ksp/*.c "$from"/link/*.c
    )
    resource "$architecture" custodian-ksp.dll VFT_DLL "Custodian key storage provider" "$to/version.o"
}

# library ARCHITECTURE OBJECTS FILE
library() {
    entry=DllMainCRTStartup
    [ "$1" = x64 ] || entry=_DllMainCRTStartup@12
    "$(compiler "$1")-gcc" -shared -nostdlib -s -o "$3" "$2"/*.o "$sources/ksp/ksp.def" \
        -lkernel32 -luser32 -ladvapi32 -lbcrypt $linking,--exclude-all-symbols,--enable-stdcall-fixup,-e,$entry
}

# program ARCHITECTURE FILE FOLDER OPTION|SOURCE|LIBRARY...: a program that brings its C runtime.
program() {
    architecture=$1 file=$2 to=$3
    shift 3
    mkdir -p "$to"
    "$(compiler "$architecture")-gcc" -O1 $warnings $windows "-DCUSTODIAN_VERSION=\"$version\"" -I"$generated" -static -s \
        -o "$to/$file" "$@" $linking
}

# By a certificate that exists for this build only.
sign() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout $out/signer.key -out $out/signer.crt -days 30 \
        -subj "/CN=Custodian: throw-away certificate of a build" -addext extendedKeyUsage=codeSigning 2>/dev/null
    for file in "$@"; do
        osslsigncode sign -h sha256 -certs $out/signer.crt -key $out/signer.key -in "$file" -out "$file.signed" >/dev/null
        mv "$file.signed" "$file"
    done
    rm $out/signer.key
}

# mutants: a library for each line of mutants.tsv, in its order; the line says what stands in which file, and must be right.
mutants() {
    count=0
    grep -v '^#' $sources/test/mutants.tsv | while IFS="$tab" read -r _ file from to _; do
        count=$((count + 1))
        here=$out/mutants/$count
        mkdir -p "$here"
        cp $out/objects/x64/*.o "$here"
        mkdir -p "$here/source"
        cp -r $sources/ksp $sources/link "$here/source"
        awk -v from="$from" -v to="$to" '
            { at = index($0, from) }
            at { $0 = substr($0, 1, at - 1) to substr($0, at + length(from)); found++ }
            { print }
            END { exit found != 1 }' "$sources/$file" >"$here/source/$file" || {
            echo "mutants.tsv: what stands in $file is not there once: $from" >&2
            return 1
        }
        name=$(basename "$file" .c)
        # A mutant may leave something unused.
        "$(compiler x64)-gcc" -std=gnu11 $windows $bare "-DCUSTODIAN_VERSION=\"$version\"" -I"$generated" \
            -c "$here/source/$file" -o "$here/$name.o"
        library x64 "$here" "$out/x64/mutant-$count.dll"
    done
}

tab=$(printf '\t')
top=$(pwd)

if [ "${1:-}" = fuzz ]; then
    case native.codec in *"${TARGET:-}"*) ;; *) exit 0 ;; esac
    sh build/native.sh
    mkdir -p target/fuzz/native.codec/corpus target/fuzz/native.codec/findings
    # Beyond what a request may have; a page of credentials can be longer, but not otherwise.
    nice -n 19 $out/linux/fuzz -runs="${INPUTS:-10000000}" -max_len=16384 -timeout=60 -print_final_stats=1 \
        -artifact_prefix=target/fuzz/native.codec/findings/ target/fuzz/native.codec/corpus $out/linux/seeds \
        link/src/test/resources/dev/custodian/link/FrameFuzzTestInputs/isRefusedOrReadsTheSameAgain
    exit 0
fi

sources=$top/$sources

if [ "${1:-}" = library ]; then
    mkdir -p "$2"
    made=$(cd "$2" && pwd)
    generated=$made/generated
    generate "$generated"
    for architecture in x64 x86; do
        objects $architecture $sources "$made/objects/$architecture"
        mkdir -p "$made/$architecture"
        library $architecture "$made/objects/$architecture" "$made/$architecture/custodian-ksp.dll"
    done
    exit 0
fi

out=$top/$out
stamp=$out/made
[ ! -e $stamp ] || [ -n "$(find $sources build/native.sh pom.xml core/src/main/resources/vectors link/src/main/resources/vectors \
    -newer $stamp -print | head -n 1)" ] || exit 0
build/packages.sh clang gcc-mingw-w64-i686 gcc-mingw-w64-x86-64 libclang-rt-14-dev openssl osslsigncode
echo "Building what is written in C ..." >&2
rm -rf $out
generated=$out/generated
generate $generated
: >$out/making

# What is shipped.
shipped() {
    objects "$1" $sources $out/objects/"$1"
    mkdir -p $out/"$1"
    library "$1" $out/objects/"$1" $out/"$1"/custodian-ksp.dll
    program "$1" custodian-selftest.exe $out/"$1" -municode $sources/selftest/*.c -lbcrypt
}

# The library with limits of seconds.
short() {
    objects "$1" $sources $out/objects/short-"$1" -DQUICK_LIMIT=2500u -DSIGN_LIMIT=2000u -DGRACE=500u
    library "$1" $out/objects/short-"$1" $out/"$1"/custodian-ksp-short.dll
}

# What tests need, under Wine.
tests() {
    for architecture in x64 x86; do
        program $architecture fake-agent.exe $out/$architecture $sources/test/fake/*.c $sources/link/*.c -lbcrypt -ladvapi32 -luser32
        program $architecture faults.exe $out/$architecture -municode $sources/test/faults/*.c $sources/selftest/check.c \
            $sources/selftest/paddings.c $sources/test/timing.c $sources/link/*.c -lbcrypt -ladvapi32 -luser32
    done
    program x64 speed.exe $out/x64 -municode $sources/test/speed/*.c $sources/test/timing.c
    program x64 caller.exe $out/x64 -municode $sources/test/caller/*.c $sources/selftest/router.c $sources/selftest/check.c
    program x64 custodian-register-wine.exe $out/x64 -municode $sources/register/main.c $sources/test/registry.c -ladvapi32
    program x64 ncrypt.dll $out/x64 -shared $sources/test/router/router.c $sources/test/router/crypt32.c -lcrypt32 -ladvapi32
    program x64 MFC42.dll $out/x64 -shared $sources/test/router/mfc42.c $sources/test/router/mfc42.def
}

# What the fuzzer begins with, beside the frames of the link: keys and a signature in DER.
seeds() {
    mkdir -p $out/linux/seeds
    for key in $generated/*.pem; do
        openssl pkey -in "$key" -pubout -outform DER -out $out/linux/seeds/"$(basename "$key" .pem)"
    done
    printf '\060\006\002\001\007\002\001\011' >$out/linux/seeds/signature
}

# The codec on this system, under sanitizers.
codec() {
    mkdir -p $out/linux
    for pair in vectors:address,undefined fuzz:fuzzer,address,undefined; do
        clang -std=gnu11 -g -O1 -Wall -Wextra -Werror -fno-sanitize-recover=all -I$generated -fsanitize="${pair#*:}" \
            -o $out/linux/"${pair%:*}" $sources/test/codec/"${pair%:*}".c $sources/test/fake/request.c \
            $sources/link/link.c $sources/link/fields.c $sources/link/der.c
    done
}

# Two at a time; any that fails ends it.
{
    shipped x86
    short x86
} &
first=$!
shipped x64
short x64
program x64 custodian-register.exe $out/x64 -municode $sources/register/main.c $sources/register/windows.c -lbcrypt -ladvapi32
wait $first
{
    $sources/test/fake/keys.sh $generated
    seeds
    tests
} &
first=$!
codec
mutants
# What is built again elsewhere is the same; a signature is not.
mkdir -p $out/unsigned/x64 $out/unsigned/x86
for architecture in x64 x86; do cp $out/$architecture/custodian-ksp.dll $out/unsigned/$architecture; done
sign $out/x64/custodian-ksp.dll $out/x86/custodian-ksp.dll
wait $first
mv $out/making $stamp
