"""Files are kept once by what is in them, and within bounds."""

import pytest
from django.db import IntegrityError, transaction

from dure.errors import Refused
from dure.files.actions import keep
from dure.files.models import LARGEST, Content
from dure.offices.acting import act
from tests import make

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_kept_once_in_each_office():
    one, two = make.office(), make.office()
    assert keep(two.pk, b"minutes").pk == keep(two.pk, b"minutes").pk
    act(one.pk)
    keep(one.pk, b"minutes")
    assert bytes(Content.objects.get().data) == b"minutes"


@pytest.mark.parametrize("data", [b"", b"x" * (LARGEST + 1)])
def test_nothing_and_too_much_are_refused_with_what_to_do(data):
    with pytest.raises(Refused):
        keep(make.office().pk, data)


def test_what_is_kept_is_never_changed():
    kept = keep(make.office().pk, b"minutes")
    for act_on in (lambda: Content.objects.update(data=b"other"), kept.delete):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            act_on()
    with pytest.raises(IntegrityError, match="content_is_bounded"):
        Content.objects.create(office=kept.office, sha256="0", size=0, data=b"")
