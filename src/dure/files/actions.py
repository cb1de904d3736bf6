"""Keeping the bytes of a file, and letting go of them."""

from collections.abc import Iterable
from hashlib import sha256

from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.errors import Refused
from dure.files.models import LARGEST, Content

TOO_LARGE = gettext_lazy("This file is larger than 10 MB. Make it smaller, or hand in a part of it.")


def keep(office: int, data: bytes) -> Content:
    """Keep these bytes, once; refuses what is empty or larger than 10 MB."""
    if not data:
        raise Refused(_("This file is empty. Choose another."))
    if len(data) > LARGEST:
        raise Refused(str(TOO_LARGE))
    hashed = sha256(data).hexdigest()
    known = Content.objects.defer("data").filter(office=office, sha256=hashed).first()
    return (
        known
        or Content.objects.get_or_create(office_id=office, sha256=hashed, defaults={"size": len(data), "data": data})[0]
    )


def let_go(office: int, contents: Iterable[int]) -> None:
    """Delete these bytes, unrecoverably; what something else still needs stays."""
    for content in Content.objects.defer("data").filter(office=office, pk__in=list(contents)):
        try:
            content.delete()
        except ProtectedError:
            continue
