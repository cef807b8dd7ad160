#!/bin/sh
# build/kryoptic.sh: builds the module Kryoptic (it/hsm-kryoptic) into target/kryoptic, with the crates that Cargo.lock names. Once: 90 s.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."

library=target/kryoptic/release/libhsm_kryoptic.so
if [ -e "$library" ] && [ -z "$(find it/hsm-kryoptic -type f -newer "$library" -print -quit)" ]; then
    exit 0
fi
if ! command -v cargo >/dev/null; then
    echo "Kryoptic is built with Rust 1.85 or newer, and there is no cargo here: install Rust." >&2
    exit 1
fi
echo "Building Kryoptic ..." >&2
cargo build -q --release --locked --manifest-path it/hsm-kryoptic/Cargo.toml --target-dir target/kryoptic >&2
touch "$library"
