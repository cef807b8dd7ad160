# Makes numbers.h: the algorithm table of core and the failures of the link, as lists for C.
# Usage: awk -f numbers.awk algorithms.txt failures.txt
function name(text) { gsub(/-/, "_", text); return toupper(text) }
function octets(hex,    out) {
    for (out = ""; hex != ""; hex = substr(hex, 3)) out = out "\\x" substr(hex, 1, 2)
    return out
}
function stop(why) { print "numbers.awk: " why >"/dev/stderr"; failed = 1; exit 1 }
function flush() {
    if ("hash" in of && !("scheme" in of)) # a scheme names its hash, too
        hashes = hashes sprintf(" \\\n    HASH(%s, %d, \"%s\", \"%s\")", name(of["hash"]), of["length"], of["ncrypt"], octets(of["digest info"]))
    if ("key" in of) {
        if (of["id"] != ++keys_count) stop("keys are not numbered from 1 on")
        keys = keys sprintf(" \\\n    KEY(%d, %s, %s, %d, \"%s\")", of["id"], name(of["key"]), of["family"], of["bits"], of["ncrypt"])
    }
    if ("scheme" in of) {
        if (of["id"] != ++schemes_count) stop("schemes are not numbered from 1 on")
        schemes = schemes sprintf(" \\\n    SCHEME(%d, %s, %s, %s, %d)", of["id"], of["scheme"], of["family"], name(of["hash"]), of["ncrypt padding"])
    }
    if ("number" in of)
        failures = failures sprintf(" \\\n    FAILURE(%d, %s, \"%s\")", of["number"], name(of["id"]), of["id"])
    split("", of)
}
/^#/ { next }
/^$/ { flush(); next }
{ at = index($0, ":"); value = substr($0, at + 1); sub(/^ /, "", value); of[substr($0, 1, at - 1)] = value }
END {
    if (failed) exit 1
    flush()
    if (keys == "" || schemes == "" || hashes == "" || failures == "") stop("a list is empty")
    print "/* Made by numbers.awk of algorithms.txt and failures.txt. */"
    print "#define LINK_HASHES(HASH)" hashes "\n"
    print "#define LINK_KEYS(KEY)" keys "\n"
    print "#define LINK_SCHEMES(SCHEME)" schemes "\n"
    print "#define LINK_FAILURES(FAILURE)" failures
}
