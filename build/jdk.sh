# Sourced, POSIX sh: sets and exports JAVA_HOME to a JDK of release 25 or newer, or says what to do and exits 1.
# Takes JAVA_HOME if it is new enough, else a JDK 25 in the usual places, else a newer one there.

# Prints the feature release of the JDK in folder $1, or nothing if there is none.
jdk_release() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
    release=$(jdk_release "${JAVA_HOME:-}")
    [ "${release:-0}" -lt 25 ] || return 0
    on_path=$(command -v javac) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    newer=
    for folder in "${on_path:-}" /usr/lib/jvm/* /opt/* /opt/*/* /usr/local/*jdk* \
        "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        release=$(jdk_release "$folder")
        if [ "${release:-0}" -eq 25 ]; then
            JAVA_HOME=$folder
            return 0
        elif [ "${release:-0}" -gt 25 ] && [ -z "$newer" ]; then
            newer=$folder
        fi
    done
    JAVA_HOME=$newer
    [ -n "$newer" ]
}

if ! find_jdk; then
    echo "Custodian needs JDK 25 or newer, and none was found: install one (for example Eclipse Temurin 25, https://adoptium.net) and set JAVA_HOME to its folder." >&2
    exit 1
fi
export JAVA_HOME
