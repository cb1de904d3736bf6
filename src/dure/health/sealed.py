"""A file that only who has the key can read, and in which every cut and every changed byte is found.

AES-GCM in pieces of 1 MiB, so that a copy of any size passes through little memory. Each piece is bound to its
number and to being the last one or not: none can be left out, doubled, or cut off at the end.
"""

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from dure.errors import Refused

KIND = b"dure backup 1\n"
SALT, TAG, PIECE = 16, 16, 2**20
SHORTEST = 16


def seal(source: IO[bytes], target: IO[bytes], secret: str) -> None:
    """Write the source into the target so that only this secret opens it."""
    salt = os.urandom(SALT)
    cipher = _cipher(secret, salt)
    target.write(KIND + salt + cipher.encrypt(_nonce(0), b"", KIND))
    for number, (piece, last) in enumerate(_pieces(source, PIECE), start=1):
        target.write(cipher.encrypt(_nonce(number), piece, b"last" if last else b"more"))


def unseal(source: IO[bytes], target: IO[bytes], secret: str) -> None:
    """Write what was sealed into the target, or say that the key is another one or the file isn't whole."""
    if source.read(len(KIND)) != KIND:
        raise Refused(_("This file isn't a back-up of Dure. Choose a file that `dure backup` has made."))
    cipher = _cipher(secret, source.read(SALT))
    try:
        cipher.decrypt(_nonce(0), source.read(TAG), KIND)
    except InvalidTag:
        raise Refused(
            _("The key doesn't open this back-up. Give the key it was made with as DURE_BACKUP_KEY.")
        ) from None
    try:
        for number, (piece, last) in enumerate(_pieces(source, PIECE + TAG), start=1):
            target.write(cipher.decrypt(_nonce(number), piece, b"last" if last else b"more"))
    except InvalidTag:
        raise Refused(_("This back-up is cut or damaged; nothing was restored. Take another file.")) from None


def _cipher(secret: str, salt: bytes) -> AESGCM:
    if len(secret) < SHORTEST:
        raise Refused(_("The key of the back-ups is too short. Give at least 16 characters as DURE_BACKUP_KEY."))
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret.encode()))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")  # the key belongs to one file alone, by its salt


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The source in pieces, and of each whether it is the last; an empty source is one empty piece."""
    piece = source.read(size)
    while following := source.read(size):
        yield piece, False
        piece = following
    yield piece, True
