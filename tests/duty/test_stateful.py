"""The kernel lived through in any order, with a crash between any two statements, beside a model of it (model.py).

`HYPOTHESIS_PROFILE=soak` lives many more lives, each time others.
"""

import logging
import os
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests import make
from tests.duty import model
from tests.duty.crashing import Crash, crash_before, everything
from tests.duty.questions import FORGOTTEN, WENT_OUT
from tests.make import MINUTE, NOON

from dure.duty import actions, opening, reports
from dure.duty.auditor import look
from dure.duty.models import Claim, Duty, Outcome, Telling
from dure.duty.watch import sweep
from dure.errors import Refused
from dure.outbox.actions import acknowledge
from dure.outbox.carriers import Refusal
from dure.outbox.models import Message
from dure.outbox.sender import LEASE, send_due

EVENING, SMALL_HOURS = NOON + 525 * MINUTE, NOON + 1110 * MINUTE  # 20:45 and 06:30: ordinary ones wait for 07:00
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
WHO = {
    "하나": ("sms",), "둘": ("sms", "email"), "셋": ("sms", "screen"), "화면": ("screen",),
    "과장": ("sms", "email"), "팀장": ("email",),
}  # fmt: skip
OFFICERS = {"과장", "팀장"}
LADDERS = {  # who answers, for how many minutes, by which channels
    "visit": [(("하나",), 10, ()), (("둘", "셋", "화면"), 5, ()), (("과장",), 30, ())],
    "seen": [(("화면",), 5, ()), (("화면",), 10, ("screen",)), (("셋",), 15, ("email", "screen"))],
    "office": [((), 3, ()), (("둘",), 20, ("email",)), (("셋", "하나"), 7, ())],
    "night": [(("셋",), 1, ()), (("하나",), 15, ("email",))],  # the last rung can't be reached
}
crashes = st.sampled_from([0, 0, 0, *range(1, 16), 20, 30, 40])
names, numbers, ladders = st.sampled_from(sorted(WHO)), st.integers(0, 99), st.sampled_from(sorted(LADDERS))
aheads, answers = st.integers(-5, 25), st.sampled_from(["sent", "sent", "refused", "busy"])
outcomes = st.lists(answers, min_size=1, max_size=5)
again = st.sampled_from(["", "", "", "same", "other"])


class Kernel(RuleBasedStateMachine):
    """The product and its model, step by step side by side."""

    @initialize(
        ladder=st.lists(ladders, min_size=4, max_size=4), ahead=st.lists(aheads, min_size=4, max_size=4),
        begin=st.sampled_from([NOON, EVENING, SMALL_HOURS]),
    )  # fmt: skip
    def world(self, ladder, ahead, begin):
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now, self.real = begin, begin
        self.duties: dict[int, model.Duty] = {}
        self.after: dict[int, int] = {}
        self.news, self.handed, self.wrong, self.carried, self.steps = [], [], [], {}, {}
        self.office = make.office()
        role = {name: "officer" if name in OFFICERS else "worker" for name in WHO}
        self.person = {n: make.person(self.office, n, role[n], channels=WHO[n]) for n in WHO}
        self.someone = {n: model.Someone(self.person[n].pk, WHO[n], n in OFFICERS) for n in WHO}
        groups = {who for rungs in LADDERS.values() for who, _, _ in rungs if len(who) != 1}
        self.roster = {who: make.roster(self.office, *[self.person[n] for n in who]) for who in groups}
        for name in LADDERS:
            self.publish(name, False, 0)
        for number, kind in enumerate(("test.visit", "test.broken", "test.other", "test.visit")):
            self.open(ladder[number], ahead[number], number % 2 == 0, kind, "", 0)

    def teardown(self):
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            make.role("app")

    # how a step is taken

    def do(self, crash, action, whole=True):
        """A step that dies before a statement is taken again; of a step in one transaction nothing was left."""
        before = everything() if crash and whole else ""
        try:
            with crash_before(crash):
                return action()
        except Crash:
            make.role("app")
            assert not whole or everything() == before
            self.real += LEASE
            return action()

    def pick(self, number, wanted=lambda duty: True):
        found = [pk for pk, duty in self.duties.items() if wanted(duty)]
        return found[number % len(found)] if found else None

    def adopt(self, duty, ladder, due, raised, first=None):
        """A duty that the product has opened, from now on also in the model."""
        everyone = tuple(self.someone.values())
        look = self.now if raised else due
        self.duties[duty.pk] = model.Duty(
            everyone, self.steps[ladder], due, look, raised, first=first, named=ladder, urgent=duty.urgent
        )

    def owed(self, kind, ladder, due, **more):
        return opening.Owed(kind=kind, what="Something is owed.", due_at=due, ladder=ladder, **more)

    def new(self):
        return list(Duty.objects.exclude(pk__in=self.duties).order_by("id"))

    def told(self, telling):
        key = (telling.turn, telling.person_id, telling.channel)
        rows = self.duties[telling.duty_id].told
        return next(t for t in rows if (t.turn, t.person, t.channel) == key)

    # what may happen

    @rule(name=ladders, reverse=st.booleans(), crash=crashes)
    def publish(self, name, reverse, crash):
        rungs = LADDERS[name][::-1] if reverse else LADDERS[name]
        bound = []
        for who, wait, channels in rungs:
            answers = self.person[who[0]] if len(who) == 1 else self.roster[who]
            bound.append(make.rung(answers, wait * MINUTE, channels))
        self.do(crash, lambda: opening.publish_ladder(self.office.pk, name, bound, by=None, now=self.now))
        steps = [model.Step(tuple(self.someone[n] for n in who), wait * MINUTE, ch) for who, wait, ch in rungs]
        self.steps[name] = steps
        for duty in self.duties.values():
            if duty.named == name and not duty.raised and not duty.closed_by:
                duty.ladder = steps

    @rule(
        ladder=ladders, ahead=aheads, urgent=st.booleans(), crash=crashes,
        kind=st.sampled_from(["test.visit", "test.broken", "test.other"]), raised=st.sampled_from(["", "", "by hand"]),
    )  # fmt: skip
    def open(self, ladder, ahead, urgent, kind, raised, crash):
        due = self.now + ahead * MINUTE
        owed = self.owed(kind, ladder, due, urgent=urgent, raised_why=raised)
        [duty] = self.do(crash, lambda: opening.open_duties(self.office.pk, [owed], by=None, now=self.now))
        self.adopt(duty, ladder, due, bool(raised))

    @rule(number=numbers, name=names, minutes=st.integers(1, 20), take_over=st.booleans(), crash=crashes)
    def claim(self, number, name, minutes, take_over, crash):
        if not (pk := self.pick(number)):
            return
        by, duty, until = self.person[name], self.duties[pk], self.now + minutes * MINUTE
        has = duty.who_has_it(self.now)
        refused = duty.closed_by or (has and has.by != by.pk and not take_over)
        claim = {"by": by, "next_step": "가는 중", "until": until, "now": self.now, "take_over": take_over}
        try:
            self.do(crash, lambda: actions.claim(Duty(pk=pk), **claim))
        except Refused:
            assert refused
        else:
            assert not refused
            duty.take(by.pk, until, self.now)

    @rule(number=numbers, name=names, crash=crashes)
    def progress(self, number, name, crash):
        if pk := self.pick(number, lambda duty: not duty.closed_by):
            by = self.person[name]
            self.do(crash, lambda: actions.progress(Duty(pk=pk), by=by, next_step="도착", now=self.now))
            self.duties[pk].progress(by.pk, self.now)

    @rule(number=numbers, crash=crashes)
    def hand_back(self, number, crash):
        if pk := self.pick(number, lambda duty: duty.claim is not None):
            by = next(p for p in self.person.values() if p.pk == self.duties[pk].claim.by)
            self.do(crash, lambda: actions.hand_back(Duty(pk=pk), by=by, now=self.now))
            self.duties[pk].hand_back(self.now)

    @rule(number=numbers, crash=crashes)
    def raise_by_hand(self, number, crash):
        if pk := self.pick(number):
            self.do(crash, lambda: actions.raise_duties([Duty(pk=pk)], by=None, why="걱정됨", now=self.now))
            self.duties[pk].raise_by_hand(self.now)

    @rule(two=st.lists(numbers, min_size=1, max_size=2), name=names, crash=crashes)
    def close(self, two, name, crash):
        pks = {pk for number in two if (pk := self.pick(number))}
        by, newest = self.person[name], max(Message.objects.values_list("pk", flat=True), default=0)
        with connection.cursor() as cursor:
            cursor.execute(WENT_OUT, [[pk for pk in pks if not self.duties[pk].closed_by], by.pk])
            over = [(person, channel) for _, person, channel in cursor.fetchall()]
        duties = [Duty(pk=pk) for pk in pks]
        self.do(crash, lambda: actions.close(duties, by=by, outcome=Outcome.KEPT, now=self.now))
        said = Message.objects.filter(pk__gt=newest).values_list("person_id", "channel")
        assert sorted(said) == sorted(over)
        for pk in pks:
            self.duties[pk].close(by.pk)

    @rule(number=numbers, crash=crashes)
    def succeed(self, number, crash):
        if pk := self.pick(number, lambda duty: duty.closed_by):
            owed = self.owed("test.other", "visit", self.now, raised_why="worse")
            closed = Duty.objects.get(pk=pk)
            self._succeeded(pk, self.do(crash, lambda: opening.succeed(closed, owed, by=None, now=self.now)))

    def _succeeded(self, pk, duty):
        while pk in self.after:
            pk = self.after[pk]
        if not self.duties[pk].closed_by:
            assert duty.pk == pk
            return
        first = next(s for s in self.someone.values() if s.pk == self.duties[pk].closed_by)
        self.after[pk] = duty.pk
        self.adopt(duty, "visit", self.now, True, first)

    @rule(
        number=numbers, name=names, well=st.booleans(), again=st.sampled_from(["", "", "same", "other"]), crash=crashes
    )
    def report(self, number, name, well, again, crash):
        again = again if self.handed else ""
        if again:
            sent = self.handed[number % len(self.handed)]
        elif pk := self.pick(number):
            ref = Duty.objects.get(pk=pk).ref
            sent = reports.Envelope(uuid4(), "well" if well else "worse", 1, str(pk), about=ref)
        else:
            return
        envelope = sent if again != "other" else reports.Envelope(sent.key, sent.kind, 1, f"{sent.body}!", sent.about)
        known = {key for key in self.handed if key == envelope}
        by, takers = self.person[name], {"well": self._well, "worse": self._worse}
        hand = {"by": by, "device": None, "now": self.now}
        self.do(crash, lambda: reports.hand_in(envelope, takers, **hand), whole=False)
        if known:
            return
        self.handed.append(envelope)
        if envelope.body.endswith("!"):
            for duty in self.new():
                assert (duty.kind, duty.about) == ("field.unread", envelope.key)
                self.adopt(duty, "office", self.now, True)
        else:
            self._reported(int(envelope.body), well, by)

    def _well(self, report, now):
        actions.close([Duty.objects.get(ref=report.about)], by=report.by, outcome=Outcome.KEPT, now=now)

    def _worse(self, report, now):
        duty = Duty.objects.get(ref=report.about)
        if duty.is_open:
            return actions.raise_duties([duty], by=report.by, why="worse", now=now)
        owed = self.owed("test.other", "visit", now, raised_why="worse")
        return opening.succeed(duty, owed, by=report.by, now=now)

    def _reported(self, pk, well, by):
        duty = self.duties[pk]
        if well:
            duty.close(by.pk)
        elif not duty.closed_by:
            duty.raise_by_hand(self.now)
        else:
            self._succeeded(pk, next(iter(self.new()), None) or Duty.objects.get(pk=self._last(pk)))

    def _last(self, pk):
        return self._last(self.after[pk]) if pk in self.after else pk

    @rule(minutes=st.integers(1, 45), outcomes=outcomes, crash=crashes, other=crashes, sends=st.booleans())
    def time_goes_by(self, minutes, outcomes, crash, other, sends):
        self.now += minutes * MINUTE
        self.watch(crash)
        if sends:
            self.send(outcomes, other)
            self.watch(0)

    @rule(minutes=st.integers(1, 15))
    def nobody_watches(self, minutes):
        self.now += minutes * MINUTE

    @rule(
        outcomes=st.lists(st.sampled_from(["sent", "sent", "refused", "busy"]), min_size=1, max_size=5), crash=crashes
    )
    def send(self, outcomes, crash):
        known = {person.pk: place for place, person in enumerate(self.person.values())}

        def carry(message, text):
            row = Message.objects.get(pk=message.pk)
            self.carried.setdefault(message.went_as or message.key, []).append(row.tries)  # as it is known outside
            if row.withdrawn_at or (row.stale_at and row.stale_at <= self.now):
                self.wrong.append(row)  # an exception here would be taken for the carrier's
            outcome = outcomes[(known[message.person_id] + row.tries) % len(outcomes)]
            if outcome == "refused":
                raise Refusal("full")
            if outcome == "busy":
                raise RuntimeError

        def all_due():
            make.role("engine")
            while send_due(self.now, self.real, {"sms": carry, "email": carry, "screen": lambda m, t: None}):
                pass
            make.role("app")

        self.real += LEASE
        self.do(crash, all_due, whole=False)
        read = {message for message, *_ in self.news}
        failed = Telling.objects.filter(message__failed_at__isnull=False, message__risen_at=None)
        for telling in failed.exclude(message__in=read):
            self.told(telling).failed = True
            self.news.append((telling.message_id, "failed", telling.duty_id, self.told(telling)))

    @rule(number=numbers)
    def answer(self, number):
        sent = Telling.objects.filter(message__sent_at__isnull=False, message__acknowledged_at=None).order_by("id")
        if telling := next(iter(sent[number % max(1, len(sent)) :][:1]), None):
            acknowledge(telling.message, now=self.now)
            self.news.append((telling.message_id, "answered", telling.duty_id, self.told(telling)))

    @rule(crash=crashes)
    def watch(self, crash):
        self.do(crash, self._sweep, whole=False)
        for _, what, pk, told in sorted(self.news, key=lambda each: each[0]):
            getattr(self.duties[pk], what)(told, self.now)
        self.news = []
        for duty in list(self.duties.values()):
            duty.look_at_it(self.now)
        for duty in self.new():
            assert duty.kind == "test.case"
            self.adopt(duty, "office", self.now, True)
            self.duties[duty.pk].look_at_it(self.now)
        self.nobody_is_forgotten()

    def _sweep(self):
        def open_a_case(duty, now):
            owed = self.owed("test.case", "office", now, about=duty.ref, raised_why="silence")
            opening.open_duties(duty.office_id, [owed], by=None, now=now)

        def broken(duty, now):
            opening.open_duties(duty.office_id, [self.owed("x", "night", now)], by=None, now=now)
            raise ValueError

        make.role("engine")
        while sweep(self.now, {"test.visit": open_a_case, "test.broken": broken}):
            pass
        make.role("app")

    # what always holds

    def nobody_is_forgotten(self):
        """The auditor: other questions, asked of the database alone."""
        with connection.cursor() as cursor:
            cursor.execute(FORGOTTEN, {"now": self.now})
            assert cursor.fetchall() == []
        assert [each for each in look(self.now, self.now - MINUTE) if each.what != "unsent"] == []  # nor a false alarm
        raised = Duty.objects.filter(kind="test.visit", raised_at__isnull=False, raised_by=None, raised_why="")
        cases = Duty.objects.filter(kind="test.case").values_list("about", flat=True)
        assert sorted(raised.values_list("ref", flat=True)) == sorted(cases)  # each raised one has its case, once

    @invariant()
    def product_and_model_agree(self):
        if not hasattr(self, "block"):
            return
        found = {d.pk: (d.raised_at is not None, d.look_at, d.closed_by_id, d.step, d.turn) for d in Duty.objects.all()}
        assert found == {pk: (d.raised, d.look, d.closed_by, d.step, d.turn) for pk, d in self.duties.items()}
        rows: dict[int, list] = {pk: [] for pk in self.duties}
        for t in Telling.objects.order_by("id"):
            rows[t.duty_id].append((t.turn, t.step, t.person_id, t.channel, t.at))
        assert rows == {pk: [t.row() for t in duty.told] for pk, duty in self.duties.items()}
        claims = {c.duty_id: (c.by_id, c.until, c.holds) for c in Claim.objects.filter(ended_at=None)}
        mine = {pk: d.claim for pk, d in self.duties.items() if d.claim}
        assert claims == {pk: (c.by, c.until, c.holds) for pk, c in mine.items()}

    @invariant()
    def messages_follow_their_duty(self):
        if hasattr(self, "block"):
            owed = Message.objects.filter(try_at__isnull=False, telling__duty__closed_at__isnull=False)
            assert not owed.exists()
            assert self.wrong == []
            assert all(tries == sorted(set(tries)) for tries in self.carried.values())  # each marked as another try
            for key, urgent, tries in Message.objects.exclude(sent_at=None).values_list("key", "urgent", "tries"):
                assert tries >= len(self.carried.get(key, [])) or not urgent


@pytest.fixture
def quiet():
    """Hooks that fail on purpose would fill the screen."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_with_crashes_in_between(quiet):
    lived = settings(
        max_examples=3000 if SOAK else 25, stateful_step_count=60 if SOAK else 30, derandomize=not SOAK,
        deadline=None, database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Kernel, settings=lived)
