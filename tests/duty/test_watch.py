"""The watch with a real database: who is told, when, and that it never ends by itself."""

from datetime import timedelta

import pytest
from tests import make
from tests.make import MINUTE, NOON, TEN_MINUTES

from dure.duty import actions
from dure.duty.models import Claim, Duty, Outcome, Telling
from dure.duty.watch import sweep
from dure.health.models import Fault
from dure.outbox.models import Message

pytestmark = pytest.mark.django_db


def told(duty: Duty) -> list[str]:
    return list(Telling.objects.filter(duty=duty).order_by("id").values_list("person__name", flat=True))


def watch(at, hooks=None):
    make.role("engine")
    moved = sweep(at, hooks)
    make.role("app")
    return moved


def test_each_person_on_the_ladder_is_told_in_turn_and_the_last_one_again():
    office = make.office()
    duty = make.duty(make.person(office, "조리장"), make.person(office, "동주민센터"))

    for step in range(3):
        watch(NOON + step * TEN_MINUTES)

    assert told(duty) == ["조리장", "동주민센터", "동주민센터"]


def test_nothing_happens_before_it_is_due():
    duty = make.duty(make.person(make.office()))
    assert watch(NOON - MINUTE) == 0
    assert told(duty) == []


def test_a_claim_holds_the_ladder_and_lapses():
    office = make.office()
    one, two = make.person(office, "하나"), make.person(office, "둘")
    duty = make.duty(one, two)
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON + MINUTE)

    assert watch(NOON + 4 * MINUTE) == 0
    watch(NOON + 5 * MINUTE)

    assert told(duty) == ["하나", "둘"]
    assert Claim.objects.get().ended == "lapsed"


def test_a_second_claim_without_progress_holds_nobody():
    office = make.office()
    one, two = make.person(office, "하나", as_="worker"), make.person(office, "둘", as_="worker")
    duty = make.duty(one, two, one)
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    watch(NOON + 5 * MINUTE)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 16 * MINUTE, now=NOON + 6 * MINUTE)

    watch(NOON + 15 * MINUTE)

    assert told(duty) == ["하나", "둘"]  # one is spared while the claim lives, and nobody is left: officers
    assert Fault.objects.filter(key__startswith="siren").exists()


def test_an_empty_rung_costs_no_time_and_is_a_fault():
    office = make.office()
    duty = make.duty(on=make.ladder(office, make.roster(office), make.person(office, "둘")))
    watch(NOON)
    assert told(duty) == ["둘"]
    assert Fault.objects.get().what.startswith("Nobody answers")


def test_when_nobody_can_be_told_every_officer_is_and_it_is_looked_at_again():
    office = make.office()
    make.person(office, "과장"), make.person(office, "팀장", channels=("sms", "email"))
    duty = make.duty(on=make.ladder(office, make.roster(office)))
    for step in range(2):
        watch(NOON + step * TEN_MINUTES)
    assert sorted(told(duty)) == ["과장", "과장", "팀장", "팀장", "팀장", "팀장"]
    duty.refresh_from_db()
    assert duty.look_at == NOON + 2 * TEN_MINUTES


def test_a_hook_that_fails_does_not_hold_the_telling():
    duty = make.duty(make.person(make.office(), "하나"))

    def broken(duty, now):
        raise ValueError

    watch(NOON, {"test.duty": broken})
    assert told(duty) == ["하나"]
    assert Fault.objects.get().key == f"hook {duty.ref}"


def test_one_bad_row_is_set_aside_and_the_others_move():
    office = make.office()
    good, bad = make.duty(make.person(office, "하나")), make.duty(make.person(office, "둘"))
    Duty.objects.filter(pk=bad.pk).update(rungs=[{"nonsense": 1}])

    watch(NOON)

    bad.refresh_from_db()
    assert told(good) == ["하나"]
    assert (bad.look_at, bad.set_aside_at) == (NOON + MINUTE, NOON)


def test_a_failed_message_tries_the_next_channel_and_then_the_next_rung_at_once():
    office = make.office()
    duty = make.duty(make.person(office, "하나", channels=("sms", "email")), make.person(office, "둘"))
    watch(NOON)
    for moment in (NOON + timedelta(seconds=10), NOON + timedelta(seconds=20)):
        Message.objects.filter(try_at__isnull=False).update(try_at=None, failed_at=moment)
        watch(moment)
    assert list(Telling.objects.order_by("id").values_list("person__name", "channel")) == [
        ("하나", "sms"), ("하나", "email"), ("둘", "sms"),
    ]  # fmt: skip
    assert duty.tellings.count() == 3


def test_an_answered_message_is_a_claim():
    one = make.person(make.office(), "하나")
    duty = make.duty(one, make.person(one.office, "둘"))
    watch(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="…", acknowledged_at=NOON + MINUTE)
    watch(NOON + 2 * MINUTE)
    assert duty.claims.get().by == one


def test_closing_withdraws_what_is_unsent_and_stands_down_who_was_told():
    office = make.office()
    one, two = make.person(office, "하나"), make.person(office, "둘")
    duty = make.duty(one, two, urgent=True)
    watch(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="가 보세요")
    watch(NOON + TEN_MINUTES)

    actions.close([duty], by=two, outcome=Outcome.KEPT, now=NOON + 11 * MINUTE)

    assert Message.objects.filter(withdrawn_at__isnull=False).count() == 1
    stand_down = Message.objects.get(try_at__isnull=False)
    assert (stand_down.person, stand_down.values) == (one, {"what": "가 보세요"})
    assert watch(NOON + 60 * MINUTE) == 0
