"""A thief: has files that belong to a Custodian server, and tries to sign with a credential of it.

Written against the files alone: docs/reference formats, the tables of the database, RFC 9180 and RFC 9106. Nothing
here comes from the product, so that a mistake that its two sides share does not hide from it.

    thief.py --config CONFIG --database COPY --master KEYFILE --credential crd_... --digest HEX
             [--share FILE] [--pins FILE] [--out FILE] [--spoils FILE]
             [--token-files FOLDER] [--hsm-pin FILE]

The last two are for a server whose keys live in an HSM, which is SoftHSM when its files are given: then the token
takes the place of the master key.

Prints one line: which step opened and which did not. Exit code: 0 signed, 1 not, 2 wrong use or unreadable files.
"""

import argparse
import hashlib
import hmac
import json
import shutil
import sqlite3
import struct
import sys
import tempfile
import tomllib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hsm import Closed, Token, copy_of

IV = 12
TAG = 16
KEY = 32


def join(*parts):
    """a || b of the formats: each preceded by its length."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.digest(key, data, "sha256")


def derive(secret, info):
    return HKDF(algorithm=hashes.SHA256(), length=KEY, salt=None, info=info).derive(secret)


def aead_open(key, aad, box):
    return AESGCM(key).decrypt(box[:IV], box[IV:], aad)


# HPKE of RFC 9180: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, sequence number 0.

KEM_SUITE = b"KEM" + struct.pack(">H", 0x0020)
SUITE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0002)


def labeled_extract(suite, salt, label, ikm):
    return mac(salt or bytes(KEY), b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    # one block of RFC 5869 is enough for all lengths here
    info = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return mac(prk, info + b"\x01")[:length]


def hpke_open(private, box, info, aad):
    enc, ciphertext = box[:KEY], box[KEY:]
    public = private.public_key().public_bytes_raw()
    agreed = private.exchange(X25519PublicKey.from_public_bytes(enc))
    extracted = labeled_extract(KEM_SUITE, b"", b"eae_prk", agreed)
    shared = labeled_expand(KEM_SUITE, extracted, b"shared_secret", enc + public, KEY)
    context = (
        b"\x00"
        + labeled_extract(SUITE, b"", b"psk_id_hash", b"")
        + labeled_extract(SUITE, b"", b"info_hash", info)
    )
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    key = labeled_expand(SUITE, secret, b"key", context, KEY)
    nonce = labeled_expand(SUITE, secret, b"base_nonce", context, IV)
    return AESGCM(key).decrypt(nonce, ciphertext, aad)


class MasterKey:
    """The embedded vault: all is under the key in a file."""

    def __init__(self, root):
        self.root = root

    def key(self, _credential, pkcs8, steps):
        steps.take("pkcs8", pkcs8)
        return FileKey(serialization.load_der_private_key(pkcs8, None))


class FileKey:
    def __init__(self, key):
        self.key = key

    def sign(self, digest):
        prehashed = utils.Prehashed(hashes.SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(prehashed))
        return self.key.sign(digest, padding.PKCS1v15(), prehashed)


class Loot:
    """The files, read from a copy of the thief's own: the database may be in use, or be a backup."""

    def __init__(self, database):
        self.folder = tempfile.TemporaryDirectory(prefix="thief-")
        copy = Path(self.folder.name) / "copy.db"
        self.octets = b""
        for suffix in ("", "-wal"):
            part = database.with_name(database.name + suffix)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + suffix))
                self.octets += part.read_bytes()
        self.connection = sqlite3.connect(copy)
        self.connection.row_factory = sqlite3.Row

    def row(self, table, key, value):
        row = self.connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,)).fetchone()
        if row is None:
            raise Unusable(f"the database has no {table} {value}")
        return row

    def rows(self, table, key, value):
        return self.connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,)).fetchall()

    def blobs(self):
        """Every blob of every table."""
        tables = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in self.connection.execute(f'SELECT * FROM "{table}"'):
                yield from (value for value in row if isinstance(value, bytes))


class Unusable(Exception):
    """Files that cannot be used: no verdict about them."""


class Steps:
    """What happened at each step, for the one line, and the secrets that were laid open."""

    NAMES = ("device slot", "pin seal", "outer", "inner")
    TOKEN = "token"

    def __init__(self):
        self.results = {}
        self.spoils = {}

    def say(self, name, result):
        self.results[name] = result

    def take(self, name, secret):
        self.spoils[name] = secret.hex()

    def line(self):
        names = (*self.NAMES, self.TOKEN) if self.TOKEN in self.results else self.NAMES
        return "; ".join(f"{name}: {self.results.get(name, 'not reached')}" for name in names)


def open_inner(vault, credential, box, steps):
    """What the vault made of the private key, under the master key or the token's root."""
    try:
        aad = join(credential["id"].encode(), sha256(credential["spki"]))
        inner = aead_open(vault.root, aad, box)
    except InvalidTag:
        steps.say("inner", "closed")
        return None
    steps.say("inner", "opened")
    return vault.key(credential, inner, steps)


def open_slots(loot, owner, share, steps):
    """K, from any of the owner's devices to which the share belongs."""
    scalar = derive(share, b"custodian/slot/device/1")
    key = X25519PrivateKey.from_private_bytes(scalar)
    for device in loot.rows("device", "owner", owner["id"]):
        try:
            aad = join(owner["id"].encode(), device["id"].encode())
            k = hpke_open(key, device["slot_box"], b"custodian/slot/device/1", aad)
            steps.say("device slot", "opened")
            steps.take("slot_key", scalar)
            steps.take("k", k)
            return k
        except InvalidTag:
            continue
    steps.say("device slot", "closed")
    return None


def open_pin_seal(loot, vault, owner, k, pins, steps):
    """The owner's private key, if the list has the PIN. This loop is the offline guessing that a share allows."""
    number = owner["pin_pepper"]
    context = join(b"custodian/pepper/1", struct.pack(">Q", number))
    pepper = aead_open(vault.root, context, loot.row("pepper", "number", number)["wrapped"])
    info = join(b"custodian/slot/pin/1", struct.pack(">Q", number))
    aad = join(owner["id"].encode(), owner["public_key"])
    for pin in pins:
        argon2 = Argon2id(salt=owner["pin_salt"], length=KEY, iterations=2, lanes=1, memory_cost=19 * 1024)
        p = mac(pepper, argon2.derive(mac(pepper, pin)))
        try:
            scalar = aead_open(derive(join(k, p), info), aad, owner["pin_seal"])
            steps.say("pin seal", "opened")
            steps.take("owner_key", scalar)
            return X25519PrivateKey.from_private_bytes(scalar)
        except InvalidTag:
            continue
    steps.say("pin seal", f"closed ({len(pins)} PINs tried)")
    return None


def unbound(vault, box):
    """What a box would hold under the root: GCM is counter mode below, so it opens whatever it is bound to."""
    counter = algorithms.AES(vault.root), modes.CTR(box[:IV] + struct.pack(">I", 2))
    return Cipher(*counter).decryptor().update(box[IV:-TAG])


def scavenge_owner_key(loot, vault, owner):
    """Looks for the owner's key in all that was stolen: as it is, or in any box that the root opens."""
    for blob in set(loot.blobs()):
        candidates = [blob[at : at + KEY] for at in range(len(blob) - KEY + 1)]
        if len(blob) >= IV + KEY + TAG:
            candidates.append(unbound(vault, blob)[:KEY])
        for candidate in candidates:
            key = X25519PrivateKey.from_private_bytes(candidate)
            if key.public_key().public_bytes_raw() == owner["public_key"]:
                return key
    return None


def scavenge_private_key(loot, vault, credential):
    """Looks for the private key in the open, also in what the database file holds of deleted rows; and in the token."""
    if isinstance(vault, Token):
        blobs = [blob for blob in set(loot.blobs()) if len(blob) > IV + TAG]
        key = vault.scavenge(credential, blobs + [unbound(vault, blob) for blob in blobs])
        if key is not None:
            return key
    for oid in (bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06092a864886f70d010101")):
        at = loot.octets.find(oid)
        while at >= 0:
            for start in range(max(0, at - 16), at):
                try:
                    key = serialization.load_der_private_key(loot.octets[start : start + 4096], None)
                except ValueError:
                    continue
                if spki(key) == credential["spki"]:
                    return FileKey(key)
            at = loot.octets.find(oid, at + 1)
    return None


def spki(key):
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def open_owner_key(loot, vault, owner, share, pins, steps):
    if share is None:
        steps.say("device slot", "closed (no share)")
        key = scavenge_owner_key(loot, vault, owner)
        steps.say("pin seal", "opened by scavenging" if key else "closed (no share)")
        return key
    k = open_slots(loot, owner, share, steps)
    return None if k is None else open_pin_seal(loot, vault, owner, k, pins, steps)


def open_outer(credential, owner_key, steps):
    aad = join(
        credential["id"].encode(),
        sha256(credential["spki"]),
        credential["owner"].encode(),
        credential["purpose"].encode(),
        sha256(credential["policy"]),
    )
    try:
        inner = hpke_open(owner_key, credential["key"], b"custodian/key/1", aad)
        steps.say("outer", "opened")
        return inner
    except InvalidTag:
        steps.say("outer", "closed")
        return None


def private_key(loot, vault, credential, share, pins, steps):
    # first as if it were managed, whatever the row says: a seal that is only a word would open here
    key = open_inner(vault, credential, credential["key"], steps)
    if key is not None:
        for step in ("device slot", "pin seal", "outer"):
            steps.say(step, "not needed")
        return key
    key = scavenge_private_key(loot, vault, credential)
    if key is not None:
        steps.say("inner", "opened by scavenging")
        return key
    owner = loot.row("owner", "id", credential["owner"])
    owner_key = open_owner_key(loot, vault, owner, share, pins, steps)
    if owner_key is None:
        return None
    inner = open_outer(credential, owner_key, steps)
    return None if inner is None else open_inner(vault, credential, inner, steps)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--database", type=Path, help="default: as the configuration says")
    parser.add_argument("--master", type=Path, help="default: as the configuration says")
    parser.add_argument("--credential", required=True)
    parser.add_argument("--digest", required=True, type=bytes.fromhex, help="SHA-256, in hexadecimal")
    parser.add_argument("--share", type=Path)
    parser.add_argument("--pins", type=Path, help="one PIN a line")
    parser.add_argument("--out", type=Path, help="where the signature goes")
    parser.add_argument("--spoils", type=Path, help="where the secrets go that were laid open, as JSON")
    parser.add_argument("--token-files", type=Path, help="folder of SoftHSM's tokens")
    parser.add_argument("--hsm-pin", type=Path, help="the user PIN of the HSM; default: as the configuration says")
    return parser.parse_args()


def open_vault(given, config, folder):
    vault = config.get("vault", {})
    if vault.get("kind", "embedded") == "embedded":
        return MasterKey((given.master or folder / config.get("keys", {}).get("master", "master.key")).read_bytes())
    pin = (given.hsm_pin or folder / vault["pin"]).read_text().removesuffix("\n")
    return Token(folder / vault["module"], vault["token"], pin)


def main():
    given = arguments()
    copy = tempfile.TemporaryDirectory(prefix="thief-")
    try:
        config = tomllib.loads(given.config.read_text())
        folder = given.config.parent / config.get("data", {}).get("folder", ".")
        database = given.database or folder / "custodian.db"
        loot = Loot(database)
        share = given.share.read_bytes() if given.share else None
        pins = given.pins.read_bytes().splitlines() if given.pins else []
        credential = loot.row("credential", "id", given.credential)
        steps = Steps()
        if given.token_files:
            copy_of(given.token_files, copy.name)
        vault = open_vault(given, config, folder)
        key = private_key(loot, vault, credential, share, pins, steps)
    except Closed:
        steps.say(Steps.TOKEN, "closed")
        key = None
    except (OSError, sqlite3.Error, tomllib.TOMLDecodeError, Unusable) as e:
        print(f"the files cannot be used: {e}", file=sys.stderr)
        return 2
    if given.spoils:
        given.spoils.write_text(json.dumps(steps.spoils))
    if key is None:
        print(f"{credential['custody']}, not signed: {steps.line()}")
        return 1
    signature = key.sign(given.digest)
    if given.out:
        given.out.write_bytes(signature)
    print(f"{credential['custody']}, signed: {steps.line()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
