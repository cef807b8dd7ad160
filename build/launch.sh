# Sourced by the programs' scripts, POSIX sh: builds what is out of date, then becomes the program.
# Wants: top (the project's folder), module, main; the script's own arguments are passed on.
. "$top/build/jdk.sh"
"$top/build/package.sh"
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
    -Dcustodian.home="$top" -cp "$top/$module/target/lib/*" "$main" "$@"
