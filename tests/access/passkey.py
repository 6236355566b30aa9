"""A device that makes and uses passkeys as a browser would, for tests that forge what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor


PRESENT, VERIFIED, HAS_KEY = 1, 4, 64


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Device:
    """One passkey at one site; what it answers can be said otherwise by name."""

    def __init__(self, site="localhost", origin="http://localhost"):
        self.site, self.origin = site, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.user = b""

    def _said(self, kind, challenge, origin):
        said = {"type": kind, "challenge": challenge, "origin": origin or self.origin}
        return json.dumps(said).encode()

    def _data(self, flags, more=b"", site=None):
        about = hashlib.sha256((site or self.site).encode()).digest()
        return about + bytes([flags]) + bytes(4) + more

    def make(self, options, *, flags=PRESENT | VERIFIED, origin=None, site=None, **different):
        """Answer the question of a new passkey."""
        asked = options["publicKey"]
        self.user = asked["user"]["id"]
        where = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: where.x.to_bytes(32), -3: where.y.to_bytes(32)}
        held = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor.encode(public)
        whole = {"fmt": "none", "attStmt": {}, "authData": self._data(flags | HAS_KEY, held, site)}
        response = {
            "clientDataJSON": b64(self._said("webauthn.create", asked["challenge"], origin)),
            "attestationObject": b64(cbor.encode(whole)),
        }
        return self._answer(response | different)

    def use(self, options, *, flags=PRESENT | VERIFIED, origin=None, site=None, **different):
        """Answer the question of who is there."""
        said = self._said("webauthn.get", options["publicKey"]["challenge"], origin)
        data = self._data(flags, site=site)
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64(said),
            "authenticatorData": b64(data),
            "signature": b64(signed),
            "userHandle": self.user,
        }
        return self._answer(response | different)

    def _answer(self, response):
        named = b64(self.id)
        whole = {"id": named, "rawId": named, "type": "public-key", "response": response}
        return json.dumps(whole)
