"""Whatever a phone sends: a sentence, or kept and shown. Never an error of ours, never lost."""

import json
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.duty.models import Duty, Report
from tests import make
from tests.field.test_api import get, put
from tests.field.world import World, day

pytestmark = pytest.mark.django_db
BOUNDED = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
text = st.text(st.characters(exclude_categories=()), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
moments = st.datetimes().map(str) | st.sampled_from(
    ["2026-11-23T03:00:00+23:37", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W48-1", "1e9"]
)
kinds = st.sampled_from(["care.visit", "care.unreachable", "care.step", "care.course", "care.meal", ""])


@pytest.fixture
def world(moved) -> World:
    moved(make.NOON)
    return day(2)


def _bodies(about: str) -> st.SearchStrategy[str]:
    """Bodies that are nearly right."""
    near = st.fixed_dictionaries(
        {},
        optional={
            "outcome": st.sampled_from(["seen_well", "no_reply", "known_safe", "not_attempted"]) | json_values,
            "handed": st.sampled_from(["in_person", "at_door"]) | json_values,
            "signs": st.lists(st.sampled_from(["vigour", "post"])) | json_values,
            "door": json_values, "note": json_values, "who": json_values, "danger": json_values,
            "step": st.sampled_from(["door", "seen", "danger", "closed"]) | json_values, "values": json_values,
            "did": st.sampled_from(["started", "finished"]) | json_values, "source": json_values,
            "case": st.just(about) | json_values,
        },
    )  # fmt: skip
    return near.map(json.dumps) | text


def test_any_envelope_gets_a_sentence_or_is_kept_and_shown(world):
    abouts = [str(world.visits[0].ref), str(world.visits[0].recipient.ref), str(uuid4())]

    @BOUNDED
    @given(st.data())
    def check(data: st.DataObject) -> None:
        about = data.draw(st.sampled_from(abouts))
        envelope = data.draw(st.fixed_dictionaries({"body": _bodies(about) | json_values}, optional={
            "kind": kinds | json_values, "version": json_values, "about": st.just(about) | json_values,
            "gravity": json_values, "seen_at": moments | json_values, "sent_at": moments | json_values,
        }))  # fmt: skip
        key = uuid4()
        answer = put(world, key, envelope)
        _right(answer, key)
        assert put(world, key, envelope).status_code == (200 if answer.status_code == 201 else answer.status_code)

    check()
    assert get(world, "pack").status_code == 200


def test_any_bytes_under_any_key_get_a_sentence_or_are_kept(world):
    @BOUNDED
    @given(st.binary(max_size=200) | json_values.map(lambda v: json.dumps(v).encode()), st.uuids() | st.integers())
    def check(raw: bytes, key: UUID | int) -> None:
        _right(put(world, key, raw), key)

    check()


def _right(answer, key) -> None:
    if 400 <= answer.status_code < 500:
        assert list(answer.json()) == ["message"] and answer.json()["message"]
        assert not isinstance(key, UUID) or not Report.objects.filter(key=key).exists()
        return
    assert answer.status_code in (200, 201)
    kept = Report.objects.get(key=key)
    unread = Duty.objects.filter(kind="field.unread", about=key, closed_at=None).exists()
    assert (kept.understood_at is None) == unread
