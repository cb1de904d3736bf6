"""What leaves a phone is sealed to this installation and to its own key; what can't be opened is kept and shown."""

import json
import zlib
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.care.models import Sighting
from dure.duty.models import Duty, Report
from dure.field.envelopes import unpacked
from dure.field.sealed import public, seal, unseal
from tests import make
from tests.field.test_api import envelope, put
from tests.field.test_fuzz import BOUNDED, _right, json_values, text
from tests.field.world import World, day

pytestmark = pytest.mark.django_db
SENT = "2026-11-23T03:00:00Z"


@pytest.fixture
def world(moved) -> World:
    moved(make.NOON)
    return day(2)


def sealed(key, given) -> dict:
    inner = {name: value for name, value in given.items() if name != "sent_at"}
    return {"sealed": seal(key, json.dumps(inner).encode(), public()), "sent_at": SENT}


def looked_at(key) -> bool:
    return Duty.objects.filter(kind="field.unread", about=key, closed_at=None, urgent=True).exists()


def test_a_sealed_report_is_taken_like_a_plain_one_and_counts_once(world):
    key, plain = uuid4(), envelope(world.visits[0].ref)
    sent = sealed(key, plain)

    answers = [put(world, key, each).status_code for each in (sent, sent, {**sent, "sent_at": "x"}, plain)]

    assert answers == [201, 200, 200, 200]
    kept = Report.objects.get()
    assert (kept.body, kept.kind, kept.about) == (plain["body"], "care.visit", world.visits[0].ref)
    assert list(Sighting.objects.values_list("outcome", "at")) == [("seen_well", make.NOON)]


def test_under_another_key_it_opens_for_nobody_and_is_looked_at(world):
    first, other = uuid4(), uuid4()
    sent = sealed(first, envelope(world.visits[0].ref))

    assert put(world, other, sent).status_code == 201

    assert Report.objects.get().understood_at is None
    assert json.loads(Report.objects.get().body) == sent["sealed"]  # as received
    assert looked_at(other)
    assert not Sighting.objects.exists()
    assert put(world, other, sent).status_code == 200


@pytest.mark.parametrize("part", ["kid", "epk", "iv", "ct"])
def test_one_letter_altered_and_it_is_kept_unopened(world, part):
    key = uuid4()
    sent = sealed(key, envelope(world.visits[0].ref))
    was = sent["sealed"][part]
    sent["sealed"][part] = was[:5] + ("A" if was[5] != "A" else "B") + was[6:]

    assert put(world, key, sent).status_code == 201
    assert looked_at(key) and not Sighting.objects.exists()


def test_a_server_without_the_private_key_keeps_what_came(world, settings):
    key = uuid4()
    sent = sealed(key, envelope(world.visits[0].ref))
    settings.SECRET_KEY = "another"

    assert put(world, key, sent).status_code == 201
    assert looked_at(key)


def test_after_a_rotation_what_was_sealed_before_still_opens(settings):
    key, to = uuid4(), public()
    old = seal(key, b"seen", to)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    assert public() != to
    assert (unseal(key, old), unseal(key, seal(key, b"new", public()))) == (b"seen", b"new")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(key, old) is None


def test_whatever_is_called_sealed_is_kept_or_gets_a_sentence(world):
    @BOUNDED
    @given(st.data())
    def check(data: st.DataObject) -> None:
        key = uuid4()
        parts = {name: text | json_values for name in ("kid", "epk", "iv", "ct")}
        near = st.fixed_dictionaries({}, optional=parts).map(lambda odd: {**seal(key, b"{}", public()), **odd})
        inside = (json_values.map(json.dumps) | text).map(
            lambda said: seal(key, said.encode(errors="replace"), public())
        )
        sent = {"sealed": data.draw(near | inside | json_values), "body": data.draw(st.none() | text)}
        _right(put(world, key, sent), key)

    check()


def test_what_is_sealed_shows_nothing_of_what_was_entered():
    sent = json.dumps(seal(uuid4(), "최순례 없는길 1".encode() + b"0" * 40, public()))

    assert "최순례" not in sent and "0000000000" not in sent


@pytest.mark.parametrize("said", [b"{}", b"x", b"", b"\xff" * 40, "한글".encode() * 900])
def test_what_was_packed_before_it_was_sealed_is_as_it_was(said):
    assert unpacked(zlib.compress(said)) == said
    assert unpacked(None) is None


@pytest.mark.parametrize("sent", [
    b"{}", b"x", b"x\x9c", zlib.compress(b"{}")[:-3], zlib.compress(b"0" * 9_000_000), b"xyz",
])  # fmt: skip
def test_what_was_not_packed_or_is_too_much_stays_as_it_came(sent):
    assert unpacked(sent) == sent


def test_a_packed_report_counts_as_the_plain_one_does(world):
    key, plain = uuid4(), envelope(world.visits[0].ref)
    packed = seal(key, zlib.compress(json.dumps(plain).encode()), public())
    assert put(world, key, {"sealed": packed, "sent_at": plain["sent_at"]}).status_code == 201
    assert put(world, key, plain).json()["known"] is True
    assert Report.objects.get().understood_at is not None
