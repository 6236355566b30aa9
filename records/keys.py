"""Per-record keys: made, wrapped by the master key, used to seal bytes and short texts.

Knows no model and no file. Destroying a record's wrapped key destroys what it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


NONCE_BYTES = 12
KEY_BYTES = 32
TAG_BYTES = 16


class SealBroken(Exception):
    """What was sealed was altered, or belongs to another record or object."""


def _master() -> AESGCM:
    return AESGCM(settings.DMP_MASTER_KEY)


def new_wrapped_key(owner: bytes) -> bytes:
    """Make a record's key and return it wrapped by the master key, bound to its owner's id."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _master().encrypt(nonce, os.urandom(KEY_BYTES), owner)


def unwrap(wrapped: bytes | memoryview, owner: bytes) -> bytes:
    """Return a record's key. Raises ``SealBroken`` if the wrapping was altered."""
    wrapped = bytes(wrapped)
    try:
        return _master().decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner)
    except InvalidTag as error:
        raise SealBroken from error


def seal(key: bytes, clear: bytes, *, about: bytes) -> bytes:
    """Encrypt bytes with AES-256-GCM; ``about`` names the object they belong to."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, about)


def unseal(key: bytes, sealed: bytes | memoryview, *, about: bytes) -> bytes:
    """Decrypt what ``seal`` made. Raises ``SealBroken`` if it was altered or moved."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except InvalidTag as error:
        raise SealBroken from error


def seal_into(room: memoryview, key: bytes, clear: bytes, *, about: bytes) -> memoryview:
    """Do as ``seal`` in room kept from one block to the next; return what of it is taken."""
    taken = room[: NONCE_BYTES + len(clear) + TAG_BYTES]
    nonce = os.urandom(NONCE_BYTES)
    taken[:NONCE_BYTES] = nonce
    AESGCM(key).encrypt_into(nonce, clear, about, taken[NONCE_BYTES:])
    return taken


def unseal_into(room: memoryview, key: bytes, sealed: memoryview, *, about: bytes) -> memoryview:
    """Do as ``unseal`` in room kept from one block to the next; return what of it is taken."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken
    taken = room[: len(sealed) - NONCE_BYTES - TAG_BYTES]
    try:
        AESGCM(key).decrypt_into(bytes(sealed[:NONCE_BYTES]), sealed[NONCE_BYTES:], about, taken)
    except InvalidTag as error:
        raise SealBroken from error
    return taken


def seal_with_master(clear: bytes, *, about: bytes) -> bytes:
    """Encrypt what belongs to no record yet or outlives it (identifiers, contacts)."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _master().encrypt(nonce, clear, about)


def unseal_with_master(sealed: bytes | memoryview, *, about: bytes) -> bytes:
    """Decrypt what ``seal_with_master`` made."""
    return unwrap(sealed, about)


def name_for(key: bytes, content: bytes) -> str:
    """Return the storage name of content: equal contents of two records have two names."""
    return hmac.new(key, hashlib.sha256(content).digest(), hashlib.sha256).hexdigest()
