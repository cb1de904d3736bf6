"""What became of messages reaches their duty: failed ones are made up for at once, an answer is a claim."""

from datetime import timedelta

import pytest
from django.db import connection
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON, TEN_MINUTES

from dure.duty import actions
from dure.duty.models import Duty, Telling
from dure.duty.watch import sweep
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.outbox.sender import send_due

pytestmark = pytest.mark.django_db


def told(duty: Duty) -> list[tuple]:
    rows = Telling.objects.filter(duty=duty).order_by("id")
    return list(rows.values_list("turn", "person__name", "channel"))


def fail(at, **which):
    Message.objects.filter(try_at__isnull=False, **which).update(try_at=None, failed_at=at)


def answer(at, **which):
    Message.objects.filter(**which).update(try_at=None, sent_at=at, text="…", acknowledged_at=at)


def test_while_a_claim_holds_a_failed_message_tells_nobody():
    office = make.office()
    one = make.person(office, "하나", channels=("sms", "email"))
    two = make.person(office, "둘", channels=("sms", "email"))
    duty = make.duty(on=make.ladder(office, make.roster(office, one, two), make.person(office, "셋")))
    watch(NOON)
    actions.claim(duty, by=one, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    fail(NOON)
    watch(NOON + MINUTE)
    assert told(duty) == [(1, "하나", "sms"), (1, "둘", "sms")]
    watch(NOON + 5 * MINUTE)
    assert told(duty)[2:] == [(2, "셋", "sms")]


def test_who_answers_has_it_also_when_the_next_one_was_told_meanwhile():
    one = make.person(make.office(), "하나")
    duty = make.duty(one, make.person(one.office, "둘"))
    watch(NOON)
    watch(NOON + TEN_MINUTES)
    answer(NOON + TEN_MINUTES, person=one)
    watch(NOON + 11 * MINUTE)
    assert duty.claims.get(ended_at=None).by == one
    assert Duty.objects.get().look_at == NOON + 21 * MINUTE


def test_an_answer_takes_nothing_from_who_has_it():
    office = make.office()
    one, two = make.person(office, "하나"), make.person(office, "둘")
    duty = make.duty(on=make.ladder(office, make.roster(office, one, two)))
    watch(NOON)
    actions.claim(duty, by=two, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    answer(NOON + MINUTE, person=one)
    watch(NOON + MINUTE)
    assert duty.claims.get().by == two


def test_all_dead_numbers_of_the_last_rung_sound_the_siren_once_and_do_not_ring_without_pause():
    office = make.office()
    boss = make.person(office, "과장", channels=("screen",))
    duty = make.duty(make.person(office, "하나", as_="worker"))
    watch(NOON)
    fail(NOON, person__name="하나")
    for second in range(1, 20):
        watch(NOON + timedelta(seconds=second))
    assert told(duty) == [(1, "하나", "sms"), (2, "과장", "screen")]
    assert Fault.objects.get(key=f"siren {duty.ref}").outside
    assert Telling.objects.get(person=boss).step == -2
    duty.refresh_from_db()
    assert (duty.turn, duty.look_at) == (2, NOON + TEN_MINUTES)


def test_a_message_of_a_rung_that_is_past_moves_nothing():
    office = make.office()
    duty = make.duty(make.person(office, "하나"), make.person(office, "둘"), make.person(office, "셋"))
    watch(NOON)
    watch(NOON + TEN_MINUTES)
    fail(NOON, person__name="하나")
    watch(NOON + 11 * MINUTE)
    assert told(duty) == [(1, "하나", "sms"), (2, "둘", "sms")]
    assert not Message.objects.filter(failed_at__isnull=False, risen_at=None).exists()


def test_one_bad_row_does_not_stop_the_watch():
    office = make.office()
    bad, good = (make.duty(make.person(office, name), make.person(office, "둘")) for name in ("벌", "하나"))
    watch(NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute("UPDATE duty_telling SET step = 9 WHERE duty_id = %s", [bad.pk])  # no such rung
    make.role("app")
    fail(NOON)
    watch(NOON + MINUTE)
    assert told(good)[1:] == [(2, "둘", "sms")]
    assert told(bad)[1:] == []
    assert Fault.objects.get(key=f"rising {bad.ref}").outside
    watch(NOON + TEN_MINUTES)
    assert told(bad)[1:] == [(2, "둘", "sms")]


def test_more_news_than_a_batch_are_all_read_before_the_watch_rests():
    office = make.office()
    duties = [make.duty(make.person(office, f"하나{n}"), make.person(office, "둘")) for n in range(5)]
    watch(NOON)
    fail(NOON)
    make.role("engine")
    rounds = 0
    while sweep(NOON + MINUTE, batch=2):
        rounds += 1
    make.role("app")
    assert [len(told(d)) for d in duties] == [2] * 5
    assert rounds >= 3


def test_what_grew_stale_while_nothing_was_sent_makes_no_storm():
    office = make.office()
    one, two = make.person(office, "하나", channels=("sms", "email")), make.person(office, "둘")
    duty = make.duty(on=make.ladder(office, make.rung(one, 30 * MINUTE), make.rung(two, 30 * MINUTE)))
    for half_hours in (*range(18), 38):  # noon to 20:30, and 07:00
        watch(NOON + half_hours * 30 * MINUTE)
    before, morning, carried = told(duty), NOON + 38 * 30 * MINUTE + TEN_MINUTES, []
    make.role("engine")
    while send_due(morning, morning, {"sms": lambda message, text: carried.append((message.person_id, text))}):
        pass
    make.role("app")
    watch(morning)
    assert len(before) == 19
    assert Message.objects.filter(failed_at=morning, why="stale").count() == 15  # older than twelve hours
    assert carried == [(two.pk, "Something is owed.")]  # the four that are left, said once
    assert told(duty) == before
