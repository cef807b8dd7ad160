#!/bin/sh
# Makes target/wine/mscapi, after build/wine.sh: SunMSCAPI, which the Windows Java runtime there lacks, built from the sources of Debian's
# openjdk-17, and jarsigner's classes out of this machine's JDK; `options` is what java.exe is told to use them.
# Nothing of it is passed on. Does nothing, fast, when all is there. Says on stderr what it does.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
top=$(pwd)
out=$top/target/wine/mscapi
[ ! -e "$out/made" ] || [ build/mscapi.sh -nt "$out/made" ] || exit 0
. build/jdk.sh

build/packages.sh clang g++-mingw-w64-x86-64 xz-utils
echo "Building SunMSCAPI from the sources of Debian's openjdk-17 (64 MB are fetched) ..." >&2
rm -rf "$out"
mkdir -p "$out/apt/lists/partial" "$out/apt/sources" "$out/apt/archives/partial" "$out/headers" "$out/classes"
log=$out/log
say_and_end() {
    tail -n 20 "$log" >&2
    echo "SunMSCAPI could not be built; all output is in $log." >&2
    exit 1
}

# Where this machine has its packages from, asked for sources, in a folder of our own: the machine's lists stay as they are. Not the
# security suite, whose newest source is at times not there yet.
sources() {
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -e "$file" ] || awk -v RS= -v ORS='\n\n' '/debian/ && !/-security/' "$file"
    done | sed 's/^Types:.*/Types: deb-src/' >"$out/apt/sources/ours.sources"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -e "$file" ] || sed -n '/-security/d; /debian/s/^deb /deb-src /p' "$file"
    done >"$out/apt/sources/ours.list"
    set -- -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$out/apt/sources" -o "Dir::State::lists=$out/apt/lists" \
        -o "Dir::Cache=$out/apt"
    apt-get "$@" update
    (cd "$out" && apt-get "$@" source --download-only openjdk-17)
    # In it is the JDK's own archive.
    (
        cd "$out"
        tar -xJf openjdk-17_*.orig.tar.xz --wildcards --strip-components=1 '*/src/jdk.crypto.mscapi' '*/src/java.base/windows/native/include' \
            '*/src/java.base/share/native/include'
        rm openjdk-17_*
    )
}

classes() {
    exports=
    for package in util action x509 internal.spec internal.interfaces rsa jca; do
        exports="$exports --add-exports java.base/sun.security.$package=jdk.crypto.mscapi"
    done
    # shellcheck disable=SC2046,SC2086 # lists
    (
        cd "$out/src"
        "$JAVA_HOME/bin/javac" -nowarn -XDignore.symbol.file $exports -h ../headers -d ../classes \
            $(find jdk.crypto.mscapi -name '*.java')
    )
    (cd "$out/classes" && "$JAVA_HOME/bin/jimage" extract --include 'regex:/jdk.jartool/.*' "$JAVA_HOME/lib/modules")
    # On the class path: the runtime takes no module that it was not linked with.
    cp -r "$out/classes/jdk.jartool/." "$out/classes"
    rm -r "$out/classes/jdk.jartool" "$out/classes/module-info.class"
}

# By clang, since GCC knows no __try; what Microsoft's headers bring and MinGW's do not is written here. Not optimized: the source
# uses a structure after its block has ended.
library() {
    cd "$out"
    echo '#include <jni.h>' >headers/jni_util.h
    echo '#include <basetsd.h>' >headers/BaseTsd.h
    native=src/jdk.crypto.mscapi/windows/native/libsunmscapi/security.cpp
    last=$(grep -n '^#include' $native | tail -n 1 | cut -d : -f 1)
    sed -e '/^DEF_STATIC_JNI_OnLoad/d' -e "${last}a #undef __try\n#undef __except\n#undef __finally\n#undef __leave" $native >security.cpp
    standard=$(dirname "$(x86_64-w64-mingw32-g++ -print-file-name=libstdc++.a)")/include/c++
    clang++ --target=x86_64-w64-mingw32 -fms-extensions -fexceptions -O0 -w -isystem "$standard" -isystem "$standard/x86_64-w64-mingw32" \
        -Iheaders -Isrc/java.base/windows/native/include -Isrc/java.base/share/native/include -c security.cpp -o security.o
    x86_64-w64-mingw32-g++ -shared -o sunmscapi.dll security.o -lcrypt32 -lncrypt -ladvapi32 -static -s
}

options() {
    echo "-Djava.library.path=Z:$out"
    for package in sun.security.util sun.security.x509 sun.security.jca sun.security.rsa sun.security.internal.spec \
        sun.security.internal.interfaces sun.security.pkcs sun.security.tools sun.security.timestamp sun.security.provider \
        sun.security.provider.certpath sun.security.validator jdk.internal.access jdk.internal.util sun.util.logging; do
        echo "--add-exports=java.base/$package=ALL-UNNAMED"
    done
}

: >"$log"
# In the background, since in a condition no command that fails would end it.
for step in sources classes library; do
    $step >>"$log" 2>&1 &
    wait $! || say_and_end
done
options >"$out/options"
rm -r "$out/src" "$out/headers" "$out/apt" "$out/security.cpp" "$out/security.o"
: >"$out/made"
