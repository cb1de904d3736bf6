"""The watch with a real database: who is told, when, and that it never ends by itself."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.duty.world import watch
from tests.make import DAY, MINUTE, NOON, TEN_MINUTES

from dure.duty import actions, opening
from dure.duty.models import Claim, Duty, Outcome, Telling
from dure.duty.watch import sweep
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.people.models import Membership

pytestmark = pytest.mark.django_db


def told(duty: Duty) -> list[str]:
    return list(Telling.objects.filter(duty=duty).order_by("id").values_list("person__name", flat=True))


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


def test_who_is_only_on_a_screen_answers_for_nothing_unless_nothing_else_is_asked_for():
    office = make.office()
    on_screen = [make.person(office, name, as_="worker", channels=("screen",)) for name in ("하나", "둘")]
    three = make.person(office, "셋", channels=("sms", "screen"))
    screens = make.roster(office, *on_screen)
    woken = make.duty(on=make.ladder(office, screens, make.rung(three, channels=("sms",))))
    shown = make.duty(on=make.ladder(office, make.rung(screens, channels=("screen",)), three))
    mixed = make.duty(on=make.ladder(office, make.rung(make.roster(office, on_screen[0], three))))

    watch(NOON)

    assert [told(each) for each in (woken, shown, mixed)] == [["셋"], ["하나", "둘"], ["셋", "셋"]]
    assert Fault.objects.get().what.startswith("Nobody answers")


def test_who_closed_it_and_is_only_on_a_screen_is_not_told_first():
    office = make.office()
    closer = make.person(office, "하나", channels=("screen",))
    first = make.duty(make.person(office, "둘"))
    [first] = actions.close([first], by=closer, outcome=Outcome.KEPT, now=NOON - MINUTE)
    owed = opening.Owed("test.duty", "Worse.", NOON, first.ladder.name, raised_why="worse")
    after = opening.succeed(first, owed, by=None, now=NOON)
    watch(NOON)
    assert told(after) == ["둘"]


def test_officers_who_are_only_on_screens_are_told_and_it_is_said_that_nobody_can_be_reached():
    office = make.office()
    make.person(office, "과장", channels=("screen",))
    duty = make.duty(on=make.ladder(office, make.roster(office)))
    watch(NOON)
    assert told(duty) == ["과장"]
    assert Fault.objects.get(key__startswith="siren").what.startswith("Nobody could be told, and")


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


def test_a_claim_that_holds_nobody_leaves_its_claimer_untold_no_longer_than_it_lasts():
    """Nobody else answers: every officer is told, it isn't said that nobody answers, and then it goes on at once."""
    one = make.person(make.office(), "하나", as_="centre")
    officer = make.person(one.office, "과장")
    hour = timedelta(hours=1)
    duty = make.duty(on=make.ladder(one.office, make.rung(one, wait=hour)), urgent=True)
    watch(NOON)
    actions.claim(duty, by=one, next_step="x", until=NOON + TEN_MINUTES, now=NOON)
    again = NOON + TEN_MINUTES
    watch(again)
    over = again + hour + 2 * MINUTE
    actions.claim(duty, by=one, next_step="x", until=over, now=again + hour - MINUTE)

    watch(again + hour)
    assert told(duty) == ["하나", "하나", officer.name]
    assert Duty.objects.get().look_at == over
    assert list(Fault.objects.values_list("key", flat=True)) == [f"siren {duty.ref}"]
    watch(over)
    assert told(duty)[3:] == ["하나"]


def test_one_bad_row_is_set_aside_and_the_others_move():
    office = make.office()
    good, bad = make.duty(make.person(office, "하나")), make.duty(make.person(office, "둘"))
    Duty.objects.filter(pk=bad.pk).update(rungs=[{"nonsense": 1}])

    watch(NOON)

    bad.refresh_from_db()
    assert told(good) == ["하나"]
    assert (bad.look_at, bad.set_aside_at) == (NOON + MINUTE, NOON)


def test_one_that_was_set_aside_and_moves_again_is_mended():
    office = make.office()
    good, bad = make.duty(make.person(office, "하나")), make.duty(make.person(office, "둘"))
    Duty.objects.filter(pk=bad.pk).update(rungs=[{"nonsense": 1}])
    watch(NOON)
    Duty.objects.filter(pk=bad.pk).update(rungs=good.rungs)
    assert Fault.objects.get(key=f"aside {bad.ref}").mended_at is None
    watch(NOON + MINUTE)
    assert Fault.objects.get(key=f"aside {bad.ref}").mended_at == NOON + MINUTE
    assert told(bad) == ["하나"]


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
    at = NOON + 11 * MINUTE  # bundled with others to the same person; after an hour it would only confuse
    assert (stand_down.try_at, stand_down.stale_at) == (at + 2 * MINUTE, at + timedelta(hours=1))
    assert watch(NOON + 60 * MINUTE) == 0


def test_what_is_not_urgent_is_raised_in_time_and_told_in_the_morning():
    office = make.office()
    one, two = make.person(office, "하나"), make.person(office, "둘")
    late, morning = NOON + timedelta(hours=11), NOON + timedelta(hours=19)  # 23:00 and 07:00 in Seoul
    on = make.ladder(office, one, two)
    ordinary, urgent = make.duty(on=on, due_at=late), make.duty(on=on, due_at=late, urgent=True)
    actions.claim(ordinary, by=one, next_step="전화", until=late + MINUTE, now=late - MINUTE)

    watch(late)
    watch(late + MINUTE)

    ordinary.refresh_from_db()
    assert (told(ordinary), told(urgent)) == ([], ["하나"])
    assert (ordinary.raised_at, ordinary.look_at, ordinary.step) == (late, morning, 0)
    assert Claim.objects.get().ended_at == late + MINUTE
    assert watch(morning - MINUTE) > 0  # the urgent one
    watch(morning)
    assert told(ordinary) == ["하나"]
    message = Message.objects.get(telling__duty=ordinary)
    assert (message.try_at, message.stale_at) == (morning + 2 * MINUTE, morning + timedelta(hours=12))


def test_the_siren_spares_who_has_it_and_counts_days_where_the_office_is():
    office = make.office()
    one = make.person(office, "하나")
    new = make.person(office, "새 사람")
    make.rewrite(Membership.objects.filter(person=new), since="2026-11-24")
    gone = make.person(office, "떠난 사람")
    Membership.objects.filter(person=gone).update(until="2026-11-24")
    night = NOON + timedelta(hours=14)  # 02:00 of the 24th in Seoul, still the 23rd in UTC
    duty = make.duty(one, due_at=night, urgent=True)
    watch(night)
    for minute in (1, 2):  # the second claim doesn't hold
        actions.claim(duty, by=one, next_step="전화", until=night + 50 * MINUTE, now=night + minute * MINUTE)
    watch(night + TEN_MINUTES)
    watch(night + 11 * MINUTE)
    assert told(duty) == ["하나", "새 사람"]


def test_a_hook_that_was_in_the_way_of_another_is_tried_again():
    office = make.office()
    duty = make.duty(make.person(office, "하나"))
    tried = []

    def hook(duty, now):
        tried.append(now)
        if len(tried) == 1:
            raise OperationalError("deadlock detected")

    watch(NOON, {"test.duty": hook})
    assert (told(duty), len(tried), Fault.objects.count()) == (["하나"], 2, 0)

    def always(duty, now):
        raise OperationalError("deadlock detected")

    other = make.duty(make.person(office, "둘"))
    watch(NOON, {"test.duty": always})
    assert told(other) == ["둘"]
    assert Fault.objects.get().key == f"hook {other.ref}"


def test_a_hook_whose_sql_fails_leaves_everything_else_as_it_was():
    office = make.office()
    duty = make.duty(make.person(office, "하나"))

    def broken(duty, now):
        Duty.objects.filter(pk=duty.pk).update(what="changed")
        connection.cursor().execute("SELECT 1 / 0")

    watch(NOON, {"test.duty": broken})
    duty.refresh_from_db()
    assert (told(duty), duty.what) == (["하나"], "Something is owed.")
    assert Fault.objects.get().values == {"kind": "test.duty", "problem": "DataError"}


def test_work_grows_with_what_is_due_not_with_what_is_open():
    office = make.office()
    one = make.person(office, "하나")
    on = make.ladder(office, one)
    for _ in range(3):
        make.duty(on=on)
    make.role("engine")
    with CaptureQueriesContext(connection) as few:
        sweep(NOON)
    make.role("app")
    for n in range(40):
        make.duty(on=on, due_at=NOON + timedelta(hours=1 if n < 20 else 0))
    make.role("engine")
    with CaptureQueriesContext(connection) as many:
        assert sweep(NOON) == 20
    make.role("app")
    assert len(many) <= len(few) + 2


@pytest.mark.parametrize(("back_as", "reached"), [(None, "둘"), ("officer", "하나")])
def test_who_works_elsewhere_now_is_told_no_more_also_by_a_shift_put_on_by_hand(back_as, reached):
    office = make.office()
    provider, elsewhere = make.organisation(office), make.organisation(office)
    one = make.person(office, "하나", as_="provider", at=provider)
    two = make.person(office, "둘", as_="provider", at=provider)
    duty = make.duty(on=make.ladder(office, make.roster(office, one, at=provider), two), urgent=True)
    one.memberships.update(until=DAY)
    role = back_as or "provider"
    Membership.objects.create(office=office, person=one, organisation=elsewhere, role=role, since=DAY)
    watch(NOON)
    assert [t.person.name for t in Telling.objects.filter(duty=duty)] == [reached]


def test_whose_task_it_is_is_told_first_and_then_the_order_begins():
    office = make.office()
    owner = make.person(office, "맡은 이")
    on = make.ladder(office, make.person(office, "당직"))
    owed = opening.Owed("test.agreed", "Something is owed.", NOON, on.name, urgent=True, owner=owner)
    duty = opening.open_duties(office.pk, [owed], by=None, now=NOON - TEN_MINUTES)[0]
    watch(NOON)
    assert told(duty) == ["맡은 이", "당직"]
    watch(NOON + TEN_MINUTES)
    assert told(duty)[2:] == ["당직"]
