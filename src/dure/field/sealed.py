"""What leaves a phone is sealed to this installation: only the server opens it, and only under the key it was made for.

ECDH on P-256 with a key made for this one report, HKDF-SHA256, AES-256-GCM (docs/decisions/0010-phones.md). The
private key is derived from the installation's secret; those of earlier secrets go on opening.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group: FIPS 186-4, D.1.2.3
WIDE = 48  # bytes: reduced to a scalar, no value is likelier than another
VERSION = 1


def _private(secret: str) -> ec.EllipticCurvePrivateKey:
    wide = HKDF(SHA256(), length=WIDE, salt=None, info=b"dure reports of phones").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(wide) % (ORDER - 1) + 1, CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _id(point: bytes) -> str:
    return hashlib.sha256(point).hexdigest()[:16]


def public() -> dict[str, str]:
    """To what a phone seals: the public key and how it is called."""
    point = _point(_private(settings.SECRET_KEY).public_key())
    return {"kid": _id(point), "key": _text(point)}


def seal(key: UUID, text: bytes, to: dict[str, str]) -> dict[str, Any]:
    """Sealed as a phone does it, for tests and for who writes another phone."""
    once = ec.generate_private_key(CURVE)
    server = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(to["key"]))
    epk, iv = _point(once.public_key()), AESGCM.generate_key(128)[:12]
    sealed = AESGCM(_shared(once, server, epk)).encrypt(iv, text, _bound(to["kid"], key))
    return {"v": VERSION, "kid": to["kid"], "epk": _text(epk), "iv": _text(iv), "ct": _text(sealed)}


def unseal(key: UUID, sealed: Any) -> bytes | None:
    """As it was entered; None when it isn't for us, was altered, or came under another report's key."""
    return _opened(key, sealed, lambda: _bytes(sealed["ct"]), "report")


def _opened(key: UUID, sealed: Any, ct: Callable[[], bytes], what: str) -> bytes | None:
    try:
        kid, epk = str(sealed["kid"]), _bytes(sealed["epk"])
        mine = next(each for each in _mine() if _id(_point(each.public_key())) == kid)
        shared = _shared(mine, ec.EllipticCurvePublicKey.from_encoded_point(CURVE, epk), epk)
        return AESGCM(shared).decrypt(_bytes(sealed["iv"]), ct(), _bound(kid, key, what))
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, InvalidTag, binascii.Error):
        return None


def seal_photo(key: UUID, said: dict[str, Any], picture: bytes, to: dict[str, str], sent_at: str = "") -> bytes:
    """A photograph sealed as a phone does it: a line that says how, and the bytes."""
    once = ec.generate_private_key(CURVE)
    server = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _bytes(to["key"]))
    epk, iv = _point(once.public_key()), AESGCM.generate_key(128)[:12]
    text = json.dumps(said).encode() + b"\n" + picture
    sealed = AESGCM(_shared(once, server, epk)).encrypt(iv, text, _bound(to["kid"], key, "photo"))
    head = {"v": VERSION, "kid": to["kid"], "epk": _text(epk), "iv": _text(iv), "sent_at": sent_at}
    return json.dumps(head).encode() + b"\n" + sealed


def unseal_photo(key: UUID, head: dict[str, Any], sealed: bytes) -> bytes | None:
    """What was sealed; None as of a report."""
    return _opened(key, head, lambda: sealed, "photo")


def _mine() -> list[ec.EllipticCurvePrivateKey]:
    return [_private(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _shared(mine: ec.EllipticCurvePrivateKey, theirs: ec.EllipticCurvePublicKey, epk: bytes) -> bytes:
    secret = mine.exchange(ec.ECDH(), theirs)
    return HKDF(SHA256(), length=32, salt=epk, info=b"dure report 1").derive(secret)


def _bound(kid: str, key: UUID, what: str = "report") -> bytes:
    return f"dure {what} {VERSION} {kid} {key}".encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
