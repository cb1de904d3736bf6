"""Sealing and unsealing with the keys of `DURE_FIELD_KEYS`: the first one seals, all of them read.

AES-256-GCM. What is sealed says with which key, and is bound to the column in which it stands: `dure1:KEY:BASE64`.
"""

import base64
import os
from binascii import Error
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "dure1:"
NONCE = 12


def derived(secret: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose, from a secret."""
    return HKDF(SHA256(), length=length, salt=None, info=f"dure {purpose}".encode()).derive(secret.encode())


@cache
def _ring(secrets: tuple[str, ...]) -> dict[str, AESGCM]:
    return {derived(each, "field key's name", 4).hex(): AESGCM(derived(each, "fields")) for each in secrets}


def ring() -> dict[str, AESGCM]:
    """The keys by their names, the one that seals first."""
    return _ring(tuple(settings.DURE_FIELD_KEYS))


def seal(data: bytes, where: str) -> str:
    """Sealed for this column, so that it opens in no other."""
    name, cipher = next(iter(ring().items()))
    nonce = os.urandom(NONCE)
    return f"{MARK}{name}:{base64.b64encode(nonce + cipher.encrypt(nonce, data, where.encode())).decode()}"


def unseal(sealed: str, where: str) -> bytes | None:
    """As it was; None when its key isn't here, or it was altered, or stood elsewhere."""
    try:
        _mark, name, text = sealed.split(":", 2)
        both = base64.b64decode(text, validate=True)
        return ring()[name].decrypt(both[:NONCE], both[NONCE:], where.encode())
    except (KeyError, ValueError, Error, InvalidTag):
        return None


def is_sealed(value: object) -> bool:
    """Whether this was sealed, by whatever key."""
    return isinstance(value, str) and value.startswith(MARK)


def is_current(sealed: str) -> bool:
    """Whether it was sealed with the key that seals now."""
    return sealed.startswith(f"{MARK}{next(iter(ring()))}:")
