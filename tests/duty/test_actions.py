"""What people do with a duty, in every order they may do it in."""

from datetime import timedelta

import pytest
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON, TEN_MINUTES

from dure.audit.models import Entry
from dure.duty import actions
from dure.duty.models import Claim, Duty, Outcome, Telling
from dure.duty.opening import Owed, open_duties, publish_ladder
from dure.errors import Refused
from dure.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


@pytest.fixture
def duty(one):
    return make.duty(one, make.person(one.office, "둘"), make.person(one.office, "셋"), urgent=True)


def told() -> list[str]:
    return list(Telling.objects.order_by("id").values_list("person__name", flat=True))


def test_raised_by_hand_is_told_at_once_and_once(one, duty):
    early = NOON - timedelta(hours=2)
    for _ in range(2):
        actions.raise_duties([duty], by=one, why="전화가 안 됨", now=early)
    watch(early)
    assert told() == ["하나"]
    assert Entry.objects.filter(did="raised", about=f"duty {duty.ref}").count() == 1
    watch(NOON)
    duty.refresh_from_db()
    assert (duty.raised_at, duty.raised_by, duty.raised_why) == (early, one, "전화가 안 됨")


def test_a_claim_is_refused_when_somebody_else_has_it_unless_taken_over(one, duty):
    watch(NOON)
    two = make.person(one.office, "넷")
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    with pytest.raises(Refused, match="하나"):
        actions.claim(duty, by=two, next_step="방문", until=NOON + 5 * MINUTE, now=NOON + MINUTE)
    actions.claim(duty, by=two, next_step="방문", until=NOON + 9 * MINUTE, now=NOON + MINUTE, take_over=True)
    assert list(Claim.objects.order_by("id").values_list("by__name", "ended", "holds")) == [
        ("하나", "taken_over", True),
        ("넷", "", True),
    ]
    watch(NOON + 8 * MINUTE)
    assert told() == ["하나"]


@pytest.mark.parametrize(
    ("values", "why"),
    [({"until": NOON}, "시각|time"), ({"next_step": " "}, "next|다음")],
)
def test_a_claim_says_what_comes_next_and_by_when(one, duty, values, why):
    with pytest.raises(Refused, match=why):
        actions.claim(duty, **{"by": one, "next_step": "전화", "until": NOON + MINUTE, "now": NOON, **values})


def test_a_claim_never_holds_longer_than_the_ladder_allows(one, duty):
    watch(NOON)
    claim = actions.claim(duty, by=one, next_step="전화", until=NOON + timedelta(days=9), now=NOON)
    assert claim.until == NOON + TEN_MINUTES
    watch(NOON + TEN_MINUTES)
    assert told() == ["하나", "둘"]


def test_progress_holds_on_and_handing_back_tells_the_next_at_once(one, duty):
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    actions.progress(duty, by=one, next_step="가는 중", now=NOON + 4 * MINUTE)
    watch(NOON + 13 * MINUTE)
    assert told() == ["하나"]
    actions.hand_back(duty, by=one, now=NOON + 13 * MINUTE)
    watch(NOON + 13 * MINUTE)
    assert told() == ["하나", "둘"]
    with pytest.raises(Refused):
        actions.hand_back(duty, by=one, now=NOON + 14 * MINUTE)


def test_a_claim_with_progress_may_be_renewed_and_one_without_may_not(one, duty):
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    actions.progress(duty, by=one, next_step="가는 중", now=NOON + MINUTE)
    assert actions.claim(duty, by=one, next_step="도착", until=NOON + 9 * MINUTE, now=NOON + 2 * MINUTE).holds
    assert not actions.claim(duty, by=one, next_step="도착", until=NOON + 9 * MINUTE, now=NOON + 3 * MINUTE).holds


def test_who_made_progress_since_may_claim_again(one, duty):
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + MINUTE, now=NOON)
    watch(NOON + MINUTE)
    actions.progress(duty, by=one, next_step="가는 중", until=NOON + 3 * MINUTE, now=NOON + 2 * MINUTE)
    assert actions.claim(duty, by=one, next_step="도착", until=NOON + 9 * MINUTE, now=NOON + 4 * MINUTE).holds


def test_a_closed_duty_takes_nothing_more(one, duty):
    watch(NOON)
    actions.close_one(duty, by=one, outcome=Outcome.KEPT, now=NOON)
    later = {"now": NOON + MINUTE, "by": one}
    until = NOON + 2 * MINUTE
    for act in (
        lambda: actions.close_one(duty, outcome=Outcome.VOID, **later),
        lambda: actions.claim(duty, next_step="x", until=until, **later),
        lambda: actions.progress(duty, next_step="x", **later),
        lambda: actions.hand_back(duty, **later),
    ):
        with pytest.raises(Refused, match="하나"):
            act()
    assert actions.close([duty], outcome=Outcome.VOID, **later) == []
    actions.raise_duties([duty], why="x", **later)
    duty.refresh_from_db()
    assert (duty.outcome, duty.look_at, duty.closed_at) == ("kept", None, NOON)


def test_who_may_have_been_told_when_it_was_closed_is_stood_down(one, duty):
    """A message that a sender has in hand at that moment can't be called back."""
    two = make.person(one.office, "넷")
    watch(NOON)
    Message.objects.update(tries=1, leased_until=NOON + MINUTE)
    actions.close([duty], by=two, outcome=Outcome.KEPT, now=NOON)
    assert Message.objects.get(withdrawn_at=NOON).person == one
    stand_down = Message.objects.get(try_at__isnull=False)
    assert (stand_down.person, stand_down.values) == (one, {"what": "Something is owed."})


def test_who_claims_has_read_what_they_were_told_and_may_hand_it_back_at_once(one, duty):
    two = make.person(one.office, "넷")
    watch(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="…")
    actions.claim(duty, by=two, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    assert Message.objects.get().acknowledged_at is None
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON + MINUTE, take_over=True)
    assert Message.objects.get().acknowledged_at == NOON + MINUTE
    actions.hand_back(duty, by=one, now=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert not duty.claims.filter(ended_at=None).exists()


def test_nobody_is_stood_down_who_was_never_told(one, duty):
    watch(NOON)
    actions.close([duty], by=make.person(one.office), outcome=Outcome.KEPT, now=NOON)
    assert not Message.objects.filter(try_at__isnull=False).exists()


def test_a_new_version_binds_what_is_not_raised_and_nothing_else(one):
    office = one.office
    ladder = make.ladder(office, one)
    waiting, raised, closed = (make.duty(on=ladder, due_at=NOON + n * MINUTE) for n in (5, 0, 5))
    watch(NOON)
    actions.close([closed], by=one, outcome=Outcome.VOID, now=NOON)
    two = make.person(office, "둘")
    second = publish_ladder(office.pk, ladder.name, [make.rung(two)], by=one, now=NOON)
    found = dict(Duty.objects.values_list("pk", "ladder__version"))
    assert found == {waiting.pk: 2, raised.pk: 1, closed.pk: 1}
    assert Duty.objects.get(pk=waiting.pk).rungs[0]["person"] == two.pk
    assert make.duty(on=second).rungs == Duty.objects.get(pk=waiting.pk).rungs


@pytest.mark.parametrize(
    "rungs",
    [
        [],
        [{"person": 1, "wait": 0}],
        [{"person": 1, "wait": 86401}],
        [{"person": 1, "roster": 2, "wait": 600}],
        [{"wait": 600}],
        [{"person": 1, "wait": 600, "channels": ["pigeon"]}],
    ],
)
def test_an_order_that_falls_silent_or_rings_without_pause_is_refused(one, rungs):
    with pytest.raises(Refused):
        publish_ladder(one.office_id, "x", rungs, by=one, now=NOON)


def test_duties_are_opened_raised_and_closed_by_the_hundred_in_few_queries(one, django_assert_max_num_queries):
    ladder = make.ladder(one.office, one)
    owed = [Owed(kind="t", what="x", due_at=NOON, ladder=ladder.name) for _ in range(200)]
    with django_assert_max_num_queries(12):
        duties = open_duties(one.office_id, owed, by=one, now=NOON)
    with django_assert_max_num_queries(8):
        actions.raise_duties(duties, by=one, why="x", now=NOON)
    with django_assert_max_num_queries(12):
        assert len(actions.close(duties, by=one, outcome=Outcome.VOID, now=NOON)) == 200
