"""The secrets of phones as they are kept: never themselves."""

import hashlib

from django.utils.crypto import salted_hmac


def key_sha256(key: str) -> str:
    """By which a phone's key is known; the key itself is on the phone alone."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def code_hash(code: str) -> str:
    """With the installation's secret, so that the few digits can't be tried out on a stolen copy."""
    return salted_hmac("dure.field.enrolment", code, algorithm="sha256").hexdigest()
