#!/bin/sh
# keys.sh FOLDER: makes the keys of the fake agent, new ones, and FOLDER/fake_keys.h that holds them; also the curves, as openssl
# knows them.
set -eu
here=$(dirname -- "$0")
folder=$1
mkdir -p "$folder"

hex() {
    od -An -v -tx1 | tr -d ' \n'
}

numbers() {
    openssl pkey -in "$folder/$1.pem" -noout -text | awk -v name="$1" -f "$here/keys.awk"
    printf '#define %s_INFO "%s"\n' "$1" "$(openssl pkey -in "$folder/$1.pem" -pubout -outform DER | hex)"
    openssl req -x509 -new -key "$folder/$1.pem" -subj "/CN=$1 of the fake agent" -days 30 -outform DER -out "$folder/$1.der"
    printf '#define %s_CERTIFICATE "%s"\n' "$1" "$(hex <"$folder/$1.der")"
}

curve() {
    openssl ecparam -name "$2" -param_enc explicit -text -noout -conv_form uncompressed | awk -v name="$1" '
        function end() { if (field != "") print "#define " name "_" field " \"" hex "\""; field = hex = "" }
        /^[^ ]/ { end() }
        /^Prime:/ { field = "PRIME" }
        /^Generator/ { field = "GENERATOR" }
        /^Order:/ { field = "ORDER" }
        /^ / && field != "" { gsub(/[ :]/, ""); hex = hex $0 }
        END { end() }'
}

{
    for bits in 2048 3072; do
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:$bits -out "$folder/RSA_$bits.pem" 2>/dev/null
        numbers RSA_$bits
    done
    for row in P_256/prime256v1 P_384/secp384r1 P_521/secp521r1; do
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:"${row#*/}" -out "$folder/${row%/*}.pem" 2>/dev/null
        numbers "${row%/*}"
        curve "${row%/*}" "${row#*/}"
    done
} >"$folder/fake_keys.h.new"
mv "$folder/fake_keys.h.new" "$folder/fake_keys.h"
