#!/bin/sh
# build/wine32.sh: makes target/wine32, a 32-bit Wine of this clone's own: Debian's packages for i386, unpacked there and not installed, so that
# nothing of this system changes. target/wine32/state says in one line that it is ready, or why there is none, which is no error.
# Does nothing, fast, when it is ready. Says on stderr what it does.
# build/wine32.sh run PROGRAM [WORD...]: runs a Windows program there; this clone is Z:\custodian.
# build/wine32.sh end: ends all that runs there.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
top=$(pwd)
out=$top/target/wine32
root=$out/root
log=$out/log

# inside COMMAND [WORD...]: with that folder as the root, in mounts of its own, so that nothing is left mounted.
inside() {
    own=--mount
    [ "$(id -u)" = 0 ] || own=--mount\ --map-root-user
    # shellcheck disable=SC2086 # options
    unshare $own sh -c '
        root=$1 top=$2
        shift 2
        mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" && mount --bind "$top" "$root/custodian" || exit 125
        exec env -i PATH=/usr/sbin:/usr/bin HOME=/home WINEPREFIX=/home/prefix WINEARCH=win32 WINEDEBUG=-all \
            WINEDLLOVERRIDES="mscoree,mshtml=" WINESERVER=/usr/lib/wine/wineserver32 chroot "$root" "$@"' sh "$root" "$top" "$@"
}

case ${1:-} in
    run)
        shift
        inside /usr/lib/wine/wine "$@"
        exit
        ;;
    end)
        inside /usr/lib/wine/wineserver32 -k || :
        inside /usr/lib/wine/wineserver32 -w
        exit
        ;;
esac

if [ -e $out/made ] && cmp -s build/wine32.sh $out/made; then exit 0; fi
mkdir -p $out
: >$log

none() {
    echo "no 32-bit Wine: $1" >$out/state
    cat $out/state >&2
    exit 0
}

# apt_get WORD...: with lists, state and cache of its own, for i386.
apt_get() {
    apt-get -q -y -o Dir::State=$out/apt/state -o Dir::State::status=$out/apt/status -o Dir::Cache=$out/apt/cache \
        -o APT::Architecture=i386 -o APT::Architectures::=i386 -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
        -o Debug::NoLocking=true "$@"
}

unpack() {
    mkdir -p $root/dev $root/proc $root/custodian $root/home $root/tmp
    for file in $out/apt/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$file" | tar -xf - -C $root --exclude=./usr/share/doc --exclude=./usr/share/man \
            --exclude=./usr/share/locale --exclude=./usr/lib/i386-linux-gnu/wine/x86_64-windows
    done
    # What the package's own script does: a library of MinGW's becomes one of Wine's.
    {
        head -c 64 $root/usr/i686-w64-mingw32/lib/zlib1.dll
        printf 'Wine builtin DLL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
        tail -c +97 $root/usr/i686-w64-mingw32/lib/zlib1.dll
    } >$root/usr/lib/i386-linux-gnu/wine/i386-windows/zlib1.dll
}

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || none "there is no apt-get"
echo "Setting up a 32-bit Wine (the first time takes half a minute: it is fetched) ..." >&2
rm -rf $root $out/apt
mkdir -p $out/apt/state/lists/partial $out/apt/cache/archives/partial
: >$out/apt/status
# One list that cannot be had does not matter, when the packages can.
apt_get update >>$log 2>&1 || :
apt_get --download-only install wine32 >>$log 2>&1 || none "Debian's packages for i386 cannot be had, see target/wine32/log"
unpack >>$log 2>&1 || none "Debian's packages for i386 cannot be unpacked, see target/wine32/log"
rm -rf $out/apt
inside /usr/lib/wine/wine wineboot -i >>$log 2>&1 || none "it does not start, see target/wine32/log"
inside /usr/lib/wine/wineserver32 -w
echo ready >$out/state
cp build/wine32.sh $out/made
