# Sourced by the programs' scripts, POSIX sh: builds what is out of date, then becomes the program.
# Wants: top (the project's folder), module, main, options (of the JVM, none with a space in it); the script's own arguments are passed on.
. "$top/build/jdk.sh"
"$top/build/package.sh"
set -- -Dcustodian.home="$top" -cp "$top/$module/target/lib/*" "$main" "$@"
# What a start loads, ready-made by build/aot.sh. The JVM passes over a cache that it cannot use; that no jar is newer is seen to here, since
# JDK 25 before 25.0.4 does not look (JDK-8377932).
cache=$top/$module/target/$module.aot
if [ -s "$cache" ] && [ -z "$(find "$top/$module/target/lib" "$JAVA_HOME/release" -newer "$cache")" ]; then
    set -- -XX:AOTCache="$cache" -XX:AOTMode=auto -Xlog:aot*=off -Xlog:cds*=off "$@"
fi
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC $options --enable-native-access=ALL-UNNAMED "$@"
