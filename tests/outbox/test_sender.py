"""Messages owed: in which order they go out, what is bundled, held back, sent again or never sent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from tests import make
from tests.make import MINUTE, NOON

from dure.health.models import Fault
from dure.outbox import sender
from dure.outbox.actions import acknowledge, ordinary_try_at, owe, render, withdraw
from dure.outbox.carriers import Away, Refusal
from dure.outbox.models import Message
from dure.outbox.signed import name
from dure.people.models import Address

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


class Post:
    """A carrier that remembers what it carried, and does badly what it is told to do badly."""

    def __init__(self, **badly):
        self.carried: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.badly = badly

    def __call__(self, message, text):
        self.asked.append(message.address)
        for word, problem in self.badly.items():
            if word in text:
                raise problem
        self.carried.append((message.address, text))


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


def message(person, template="Go.", urgent=True, **values):
    given = {
        "office_id": person.office_id, "person": person, "channel": "sms", "address": person.addresses.get().value,
        "urgent": urgent, "template": template, "created_at": NOON, "try_at": NOON, "language": "en",
    }  # fmt: skip
    [made] = owe([Message(**{**given, **values})])
    return made


def send(post, now=NOON, real=NOON, away=None, **carriers):
    make.role("engine")
    try:
        return sender.send_due(now, real, {"sms": post, **carriers}, away)
    finally:
        make.role("app")


def state(each: Message) -> tuple:
    each.refresh_from_db()
    return each.try_at, each.tries, each.sent_at, each.failed_at, each.withdrawn_at


def test_what_is_due_is_sent_once_and_kept_as_it_was_sent(one):
    post, owed = Post(), message(one, "Go to %(dong)s.", values={"dong": "첨단1동"})
    message(one, "Later.", try_at=NOON + SECOND)
    assert send(post) == 1
    assert send(post) == 0
    assert post.carried == [(owed.address, "Go to 첨단1동.")]
    assert state(owed) == (None, 1, NOON, None, None)
    assert (owed.text, owed.leased_until) == ("Go to 첨단1동.", None)


def test_urgent_overtakes_and_goes_in_the_order_in_which_it_is_owed(one):
    post = Post()
    message(one, "ordinary", urgent=False, try_at=NOON - MINUTE)
    for n in reversed(range(12)):
        message(one, f"urgent {n:02}", try_at=NOON - (12 - n) * SECOND)
    send(post)
    assert [text for _, text in post.carried] == [*(f"urgent {n:02}" for n in range(12)), "ordinary"]


def test_urgent_overtakes_also_what_is_already_in_hand(one):
    people = [make.person(one.office) for _ in range(3)]
    ordinary = [message(person, "ordinary", urgent=False) for person in people]

    class Slow(Post):
        def __call__(self, each, text):
            super().__call__(each, text)
            if len(self.carried) == 1:
                message(one, "urgent")

    post = Slow()
    while send(post):
        pass
    assert [text for _, text in post.carried] == ["ordinary", "urgent", "ordinary", "ordinary"]
    assert [state(each)[1] for each in ordinary] == [1, 1, 1]  # given back, not tried


def test_ordinary_ones_to_one_address_are_one_and_urgent_ones_are_not(one):
    post, other = Post(), make.person(one.office)
    for person, text in ((one, "a"), (other, "a"), (one, "b")):
        message(person, text, urgent=False)
    message(one, "u"), message(one, "u")
    send(post)
    mine = one.addresses.get().value
    assert sorted(post.carried) == sorted(
        [(mine, "u"), (mine, "u"), (mine, "a\nb"), (other.addresses.get().value, "a")]
    )
    assert not Message.objects.filter(sent_at=None).exists()
    assert set(Message.objects.values_list("text", flat=True)) == {"u", "a", "b"}


@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-11-23 20:57", "2026-11-23 20:59"),
        ("2026-11-23 20:58", "2026-11-24 07:00"),
        ("2026-11-23 23:59", "2026-11-24 07:00"),
        ("2026-11-24 00:00", "2026-11-24 07:00"),
        ("2026-11-24 06:57", "2026-11-24 07:00"),
        ("2026-11-24 06:58", "2026-11-24 07:00"),
        ("2026-11-24 06:59", "2026-11-24 07:01"),
    ],
)
def test_ordinary_messages_wait_for_others_and_for_the_morning(at, goes_out):
    seoul = timedelta(hours=9)
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) - seoul
    assert ordinary_try_at(moment, "Asia/Seoul") == datetime.fromisoformat(goes_out).replace(tzinfo=UTC) - seoul


def test_a_dead_address_is_a_fault_and_never_tried_again(one):
    post = Post(Go=Refusal(Refusal.NO_SUCH_ADDRESS))
    owed = message(one)
    send(post)
    assert state(owed) == (None, 1, None, NOON, None)
    assert Address.objects.get(person=one).dead_at == NOON
    assert Fault.objects.get().values["why"] == "no such address"
    assert send(post) == 0


def test_what_does_not_work_now_is_tried_later_and_later(one):
    owed, now, waits = message(one), NOON, []
    for _ in range(6):
        send(Post(Go=RuntimeError("busy")), now, now)
        waits.append((state(owed)[0] - now).total_seconds())
        now = state(owed)[0]
    assert waits == [5, 15, 30, 60, 60, 60]
    assert Fault.objects.get().times == 6
    Message.objects.update(created_at=NOON - timedelta(days=2))
    send(Post(Go=RuntimeError("busy")), now, now)
    assert state(owed)[3] == now


def test_an_ordinary_one_that_could_not_go_out_in_the_evening_waits_for_the_morning_and_the_others_do_not(one):
    evening, morning = NOON + 9 * 60 * MINUTE - SECOND, NOON + 19 * 60 * MINUTE  # 20:59:59 and 07:00
    given = {"created_at": evening, "try_at": evening}
    ordinary = message(one, urgent=False, stale_at=evening + timedelta(hours=12), **given)
    over = message(one, urgent=False, stale_at=evening + timedelta(hours=1), address="010-0000-0000", **given)
    urgent = message(one, **given)
    send(Post(Go=RuntimeError("busy")), evening)
    soon = evening + 5 * SECOND
    assert [state(each)[0] for each in (ordinary, over, urgent)] == [morning, soon, soon]


def test_an_ordinary_one_that_was_left_over_waits_for_the_morning_and_the_others_do_not(one):
    evening, night, morning = (NOON + timedelta(hours=hours) for hours in (8, 14, 19))  # 20:00, 02:00 and 07:00
    given = {"created_at": evening, "try_at": evening}
    ordinary = message(one, "ordinary", urgent=False, stale_at=evening + timedelta(hours=12), **given)
    message(one, "over", urgent=False, stale_at=night + timedelta(hours=1), **{**given, "created_at": night})
    message(one, "urgent", **given)
    post = Post()
    send(post, night)
    assert [text for _, text in post.carried] == ["urgent", "over"]
    assert (state(ordinary), ordinary.leased_until) == ((morning, 0, None, None, None), None)
    send(post, morning)
    assert post.carried[-1][1] == "ordinary"


def test_the_same_said_twice_goes_out_once_in_a_bundle(one):
    post = Post()
    for text in ("a", "b", "a"):
        message(one, text, urgent=False)
    send(post)
    assert [text for _, text in post.carried] == ["a\nb"]


def test_a_bundle_too_long_for_one_text_message_goes_out_in_several_and_loses_none(one):
    texts = [f"첨단1동: 확인 전화 {n}번이 아직 없습니다. {'가' * 270}" for n in range(7)]
    ordinary = {"template": "%(text)s", "urgent": False}
    owed = [message(one, **ordinary, values={"text": text}) for text in [*texts, texts[0]]]
    long = message(one, **ordinary, values={"text": "나" * 1000})
    mails = [message(one, **ordinary, values={"text": text}, channel="email") for text in texts]
    post, mail, keys = Post(), Post(), []
    send(lambda each, text: (keys.append(name(each)), post(each, text)), email=mail)
    assert [text.split("\n") for _, text in post.carried] == [texts[:3], texts[3:6], texts[6:], ["나" * 1000]]
    assert [text.split("\n") for _, text in mail.carried] == [texts]
    assert {state(each)[:3] for each in [*owed, long, *mails]} == {(None, 1, NOON)}
    assert [name(each) for each in owed] == [keys[0]] * 3 + [keys[1]] * 3 + [keys[2], keys[0]]
    assert keys[2:] == [f"{one.office_id}.{owed[6].key}", f"{one.office_id}.{long.key}"]


def test_one_that_is_refused_for_what_it_says_takes_no_other_of_its_bundle_with_it(one):
    fine, bad, too = (message(one, text, urgent=False) for text in ("fine", "bad", "too"))
    post, keys = Post(bad=Refusal("text not allowed")), []

    def carry(each, text):
        keys.append((name(each), each.tries))
        post(each, text)

    send(carry)
    assert [text for _, text in post.carried] == ["fine", "too"]
    assert (state(fine)[2], state(bad)[3], bad.why, state(too)[2]) == (NOON, NOON, "text not allowed", NOON)
    assert len(set(keys)) == 4 and {tries for _, tries in keys} == {0}  # each alone has its own key
    assert [name(each) for each in (fine, bad, too)] == [key for key, _ in keys[1:]]


def test_a_bundle_to_a_dead_address_is_not_tried_one_by_one(one):
    owed = [message(one, text, urgent=False) for text in ("a", "b")]
    post = Post(a=Refusal(Refusal.NO_SUCH_ADDRESS))
    send(post)
    assert (len(post.asked), {state(each)[3] for each in owed}) == (1, {NOON})


def test_a_stale_message_is_never_sent_as_if_it_were_new(one):
    post = Post()
    owed = message(one, stale_at=NOON + MINUTE)
    send(post, NOON + MINUTE)
    assert post.asked == []
    assert (state(owed)[3], owed.why) == (NOON + MINUTE, "stale")


def test_a_withdrawn_message_is_never_sent(one):
    post, owed = Post(), message(one)
    assert withdraw([owed.pk], now=NOON) == 1
    send(post)
    assert post.asked == []
    assert withdraw([owed.pk], now=NOON + MINUTE) == 0
    assert state(owed)[4] == NOON


def test_withdrawn_while_it_was_on_its_way_says_both(one):
    class TooLate(Post):
        def __call__(self, each, text):
            super().__call__(each, text)
            withdraw([each.pk], now=NOON)

    owed = message(one)
    send(TooLate())
    assert state(owed) == (None, 1, NOON, None, NOON)


class Killed(BaseException):
    """What a SIGKILL does: nothing more is written."""


def test_after_a_crash_it_goes_out_again_under_the_same_key_and_says_so(one):
    owed, seen = message(one), []

    def dies(each, text):
        seen.append((each.key, each.tries))
        if len(seen) == 1:
            raise Killed

    with pytest.raises(Killed):
        send(dies)
    assert send(dies, real=NOON + sender.LEASE - SECOND) == 0
    assert send(dies, real=NOON + sender.LEASE) == 1
    assert seen == [(owed.key, 0), (owed.key, 1)]
    assert state(owed)[1:3] == (2, NOON)


def test_a_text_that_cannot_be_filled_in_goes_out_as_it_is_and_stops_nobody(one):
    post = Post()
    bad = message(one, "Go to %(dong)s.", values={"other": "x"})
    message(one, "Fine.")
    send(post)
    assert [text for _, text in post.carried] == ["Go to %(dong)s.", "Fine."]
    assert state(bad)[2] == NOON
    assert render("100 %", {"a": "b"}, "en") == "100 %"


def test_one_that_cannot_be_filled_in_or_kept_at_all_fails_and_stops_nobody(one):
    empty, fine = message(one, ""), message(one, "fine")
    huge, beside = message(one, "%(n)c", urgent=False, values={"n": 2**40}), message(one, "beside", urgent=False)
    post = Post()
    send(post)
    assert [text for _, text in post.carried] == ["", "fine", "beside"]
    assert [(state(each)[3], each.why) for each in (empty, huge)] == [(NOON, "IntegrityError"), (NOON, "OverflowError")]
    assert [state(each)[2] for each in (fine, beside)] == [NOON, NOON]
    assert Fault.objects.get().times == 2
    assert send(post) == 0


def test_a_data_base_that_is_away_fails_no_message(one):
    owed = message(one)

    def away(each, text):
        raise OperationalError

    with pytest.raises(OperationalError):
        send(away)
    assert state(owed)[:4] == (NOON, 1, None, None)


def test_a_carrier_that_is_away_is_asked_once_and_holds_no_other_channel_up(one):
    away, post = Post(Go=Away("timed out")), Post()
    held = [message(one, channel="email", try_at=NOON - MINUTE) for _ in range(5)]
    owed = message(one)
    send(post, email=away)
    assert (len(away.asked), len(post.carried)) == (1, 1)
    assert state(owed)[2] == NOON
    assert [state(each)[:2] for each in held] == [(NOON + 5 * SECOND, 1)] + [(NOON - MINUTE, 0)] * 4
    assert {each.leased_until for each in held} == {None}


def test_what_takes_too_long_is_given_back_before_its_lease_ends(one, monkeypatch):
    owed = [message(one) for _ in range(3)]
    clock = iter([0.0, sender.LONG_ENOUGH + 1])
    monkeypatch.setattr(sender, "monotonic", lambda: next(clock))
    post = Post()
    assert send(post) == 3
    assert len(post.carried) == 1
    assert [(state(each)[1], each.leased_until) for each in owed] == [(1, None), (0, None), (0, None)]
    assert timedelta(seconds=sender.LONG_ENOUGH) < sender.LEASE / 2


def test_an_exercise_says_so(one):
    post = Post()
    message(one, drill=True)
    send(post)
    assert post.carried[0][1] == "[모의훈련] Go."


def test_a_channel_without_a_carrier_fails_for_good(one):
    owed = message(one, channel="pigeon")
    send(Post())
    assert (state(owed)[3], owed.why) == (NOON, "no carrier for pigeon")


def test_acknowledged_is_the_first_time_it_was_seen(one):
    owed = message(one)
    send(Post())
    for minute in (1, 2):
        acknowledge(owed, now=NOON + minute * MINUTE)
    owed.refresh_from_db()
    assert owed.acknowledged_at == NOON + MINUTE
