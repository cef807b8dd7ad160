"""What the thief does with a cryptographic token whose files, module and user PIN he has. Works on a copy of the files."""

import os
import shutil
from pathlib import Path

import PyKCS11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

ROOT_KEY = "custodian root key"
ROOT_CONTEXT = b"custodian/vault/root/1"
RESIDENT = "resident"
WRAPPING = {"AES_KEY_WRAP_KWP": 0x210B, "AES_KEY_WRAP_PAD": 0x210A}
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA256 = utils.Prehashed(hashes.SHA256())


class Closed(Exception):
    """The token does not let him in."""


def copy_of(files, folder):
    """SoftHSM's token folder, where nobody notices what is done with it."""
    copy = Path(folder) / "tokens"
    shutil.copytree(files, copy)
    config = Path(folder) / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {copy}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)


class Token:
    def __init__(self, module, label, pin):
        self.library = PyKCS11.PyKCS11Lib()
        try:
            self.library.load(str(module))
            slots = self.library.getSlotList(tokenPresent=True)
            self.slot = next(slot for slot in slots if self.library.getTokenInfo(slot).label.strip() == label)
            self.session = self.open()
            self.session.login(pin)
            (key,) = self.find(PyKCS11.CKO_SECRET_KEY, (PyKCS11.CKA_LABEL, ROOT_KEY))
            hmac = PyKCS11.Mechanism(PyKCS11.CKM_SHA256_HMAC)
            self.root = bytes(self.session.sign(key, ROOT_CONTEXT, hmac))
        except (PyKCS11.PyKCS11Error, StopIteration, ValueError) as e:
            raise Closed(str(e)) from e

    def open(self):
        # to write, so that nothing is refused for that reason
        return self.library.openSession(self.slot, PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)

    def find(self, kind, *attributes):
        return self.session.findObjects([(PyKCS11.CKA_CLASS, kind), *attributes])

    def key(self, credential, inner, steps):
        """The key that an opened blob, or an opened id, is of."""
        if credential["mechanism"] == RESIDENT:
            found = self.find(PyKCS11.CKO_PRIVATE_KEY, (PyKCS11.CKA_ID, inner))
            steps.say("token", "has the key" if found else "has no such key")
        else:
            found = self.unwrapped(credential, inner)
            steps.say("token", "took the key in" if found else "did not take the key in")
        keys = (TokenKey(self, handle, credential["spki"]) for handle in found)
        return next((key for key in keys if key.is_right()), None)

    def unwrapped(self, credential, blob):
        """A list of one handle, or of none."""
        public = serialization.load_der_public_key(credential["spki"])
        template = [
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
            (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC if is_ec(public) else PyKCS11.CKK_RSA),
            (PyKCS11.CKA_TOKEN, PyKCS11.CK_FALSE),
            (PyKCS11.CKA_SENSITIVE, PyKCS11.CK_TRUE),
            (PyKCS11.CKA_EXTRACTABLE, PyKCS11.CK_FALSE),
            (PyKCS11.CKA_SIGN, PyKCS11.CK_TRUE),
        ]
        for wrapping in self.find(PyKCS11.CKO_SECRET_KEY, (PyKCS11.CKA_UNWRAP, PyKCS11.CK_TRUE)):
            for mechanism in WRAPPING.values():
                try:
                    return [self.session.unwrapKey(wrapping, blob, template, PyKCS11.Mechanism(mechanism))]
                except PyKCS11.PyKCS11Error:
                    continue
        return []

    def scavenge(self, credential, candidates):
        """A key of the token, or any of the blobs that it takes in, whatever the row says."""
        keys = self.find(PyKCS11.CKO_PRIVATE_KEY)
        for blob in candidates:
            keys += self.unwrapped(credential, blob)
        for handle in keys:
            key = TokenKey(self, handle, credential["spki"])
            if key.is_right():
                return key
        return None


def is_ec(public):
    return isinstance(public, ec.EllipticCurvePublicKey)


class TokenKey:
    def __init__(self, token, handle, spki):
        self.token = token
        self.handle = handle
        self.public = serialization.load_der_public_key(spki)

    def sign(self, digest):
        # one of its own: what fails leaves its session of no more use
        session = self.token.open()
        try:
            if not is_ec(self.public):
                rsa = PyKCS11.Mechanism(PyKCS11.CKM_RSA_PKCS)
                return bytes(session.sign(self.handle, SHA256_INFO + digest, rsa))
            raw = bytes(session.sign(self.handle, digest, PyKCS11.Mechanism(PyKCS11.CKM_ECDSA)))
        finally:
            session.closeSession()
        half = len(raw) // 2
        return utils.encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def is_right(self):
        """Whether it is the public key's."""
        digest = bytes(32)
        try:
            signature = self.sign(digest)
            if is_ec(self.public):
                self.public.verify(signature, digest, ec.ECDSA(SHA256))
            else:
                self.public.verify(signature, digest, padding.PKCS1v15(), SHA256)
            return True
        except (InvalidSignature, PyKCS11.PyKCS11Error):
            return False
