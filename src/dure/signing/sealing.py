"""What must be read again is sealed with a key of the installation's secret; what needn't is only digested."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from dure.sealing.box import derived


def _sealer() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(each, "code apps"))) for each in secrets])


def seal(secret: bytes) -> str:
    """Sealed for the database."""
    return _sealer().encrypt(secret).decode()


def unseal(sealed: str) -> bytes | None:
    """As it was; None when the installation's secret isn't the one it was sealed with."""
    try:
        return _sealer().decrypt(sealed.encode())
    except InvalidToken:
        return None


def digest(purpose: str, text: str) -> str:
    """A digest that can't be guessed through without the installation's secret."""
    return digests(purpose, text)[0]


def digests(purpose: str, text: str) -> list[str]:
    """The digest as it is made today, and as it was under each earlier secret."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(derived(each, purpose), text.encode(), "sha256").hex() for each in secrets]
