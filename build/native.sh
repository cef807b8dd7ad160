#!/bin/sh
# build/native.sh: makes what is written in C, in target/native/{x64,x86}: the key storage provider, its registration, the self-test,
# and what the tests need: fake agent, router, mutants; in target/native/linux the codec under sanitizers and its fuzz target.
# Does nothing, fast, when no source is newer. Says on stderr what it does.
# build/native.sh library FOLDER: the two libraries alone, not signed, into FOLDER: the same octets each time.
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
        "$numbers" "$version" "$3" "$2" "$4" "$(pwd)/$sources/ksp/version.rc" >"$5.rc"
    "$(compiler "$1")-windres" -i "$5.rc" -O coff -o "$5"
    rm "$5.rc"
}

# library ARCHITECTURE SOURCES FOLDER [OPTION...]: custodian-ksp.dll
library() {
    architecture=$1 from=$2 to=$3
    shift 3
    cc=$(compiler "$architecture")
    entry=DllMainCRTStartup
    [ "$architecture" = x64 ] || entry=_DllMainCRTStartup@12
    mkdir -p "$to"
    resource "$architecture" custodian-ksp.dll VFT_DLL "Custodian key storage provider" "$to/version.o"
    "$cc-gcc" $warnings $windows $bare "-DCUSTODIAN_VERSION=\"$version\"" -I"$generated" "$@" -shared -nostdlib -s \
        -o "$to/custodian-ksp.dll" "$from"/ksp/*.c "$from"/link/*.c "$from/ksp/ksp.def" "$to/version.o" \
        -lkernel32 -luser32 -ladvapi32 -lbcrypt $linking,--exclude-all-symbols,--enable-stdcall-fixup,-e,$entry
    rm "$to/version.o"
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

if [ "${1:-}" = library ]; then
    generated=$2/generated
    generate "$generated"
    for architecture in x64 x86; do library $architecture $sources "$2/$architecture"; done
    exit 0
fi

stamp=$out/made
[ ! -e $stamp ] || [ -n "$(find $sources build/native.sh pom.xml core/src/main/resources/vectors link/src/main/resources/vectors \
    -newer $stamp -print | head -n 1)" ] || exit 0
build/packages.sh clang gcc-mingw-w64-i686 gcc-mingw-w64-x86-64 openssl osslsigncode
echo "Building what is written in C ..." >&2
rm -rf $out
generated=$out/generated
generate $generated
: >$out/making
$sources/test/fake/keys.sh $generated

for architecture in x64 x86; do
    to=$out/$architecture
    library $architecture $sources $to
    program $architecture custodian-selftest.exe $to -municode $sources/selftest/*.c -lbcrypt
done
sign $out/x64/custodian-ksp.dll $out/x86/custodian-ksp.dll

program x64 fake-agent.exe $out/x64 $sources/test/fake/*.c $sources/link/*.c -lbcrypt -ladvapi32 -luser32
program x64 ncrypt.dll $out/x64 -shared $sources/test/router/router.c $sources/test/router/crypt32.c -lcrypt32 -ladvapi32
program x64 MFC42.dll $out/x64 -shared $sources/test/router/mfc42.c $sources/test/router/mfc42.def
mv $out/making $stamp
