# Reads `openssl pkey -text` of one key: its numbers as macros of C, in hexadecimal.
# Usage: awk -v name=RSA_2048 -f keys.awk
function end() { if (field != "") print "#define " name "_" field " \"" hex "\""; field = hex = "" }
/^[^ ]/ { end() }
/^modulus:/ { field = "N" }
/^privateExponent:/ { field = "D" }
/^priv:/ { field = "D" }
/^ / && field != "" { gsub(/[ :]/, ""); hex = hex $0 }
END { end() }
