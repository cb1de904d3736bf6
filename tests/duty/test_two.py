"""Several at once, each a process of its own: every duty is moved once, every message sent once, one person has it."""

import ast
from collections import Counter

import psycopg
import pytest
from tests import apart

BUILD = """
import random
from tests import make
from tests.make import MINUTE, NOON
from dure.duty.opening import Owed, open_duties
random.seed(1)
office = make.office()
people = [make.person(office, f"사람{n}") for n in range(6)]
empty = [make.roster(office) for _ in range(6)]
on = [make.ladder(office, *random.sample(empty, 4), random.choice(people)) for _ in range(30)]
make.ladder(office, people[0], name="office")
owed = [Owed("test.duty", "Something is owed.", NOON, random.choice(on).name, urgent=True) for n in range(400)]
duties = open_duties(office.pk, owed, by=None, now=NOON - 60 * MINUTE)
print([office.pk, [p.pk for p in people], [d.pk for d in duties]])
"""
SWEEP = """
from dure.duty.watch import sweep
from tests.make import NOON
moved = []
while n := sweep(NOON, batch=7):
    moved.append(n)
print(sum(moved))
"""
SEND = """
from dure.outbox.sender import send_due
from tests.make import NOON
from dure import clock
sent = []
while send_due(NOON, clock.real(), {"sms": lambda message, text: sent.append(str(message.key))}, batch=7):
    pass
print(sent)
"""
PEOPLE = """
import threading, uuid
from dure.duty import actions, opening, reports
from dure.duty.models import Duty, Outcome
from dure.errors import Refused
from dure.offices.acting import act
from dure.people.models import Person
from tests.make import MINUTE, NOON
office, people, duties = {ids}
act(office)
me = Person.objects.get(pk=people[{lot} % 6])
done = []
"""
CLAIM = """
for pk in duties[:40]:
    try:
        actions.claim(Duty(pk=pk), by=me, next_step="x", until=NOON + 5 * MINUTE, now=NOON)
        done.append(pk)
    except Refused:
        pass
print(done)
"""
REPORT = """
for n in range(40):
    envelope = reports.Envelope(uuid.UUID(int=n), "t", 1, str(n if n % 2 else f"{n} {me.pk}"))
    reports.hand_in(envelope, {"t": lambda report, now: done.append(n)}, by=me, device=None, now=NOON)
print(done)
"""
SUCCEED = """
for pk in duties[100:140]:
    duty = Duty.objects.get(pk=pk)
    owed = opening.Owed("test.worse", "Worse.", NOON, duty.ladder.name)
    done.append(opening.succeed(duty, owed, by=me, now=NOON).pk)
print(done)
"""
CLOSE = """
print(len(actions.close([Duty(pk=pk) for pk in duties[100:140]], by=me, outcome=Outcome.KEPT, now=NOON)))
"""
LOT = "__import__('os').getpid()"  # another person in each process, most of the time


@pytest.fixture(scope="module")
def url(cluster, django_db_setup, django_db_blocker):
    with apart.database(cluster, django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def ids(url):
    return ast.literal_eval(apart.said(apart.program(BUILD, url, "postgres")))


def ask(url, query):
    with psycopg.connect(url("postgres")) as connection:
        return connection.execute(query).fetchall()


def test_two_watchers_move_each_duty_once_and_never_wait_for_each_other_in_a_ring(url, ids):
    moved = [int(said) for said in apart.race(SWEEP, url, "engine", many=3)]
    assert sum(moved) == 400
    assert sum(n > 0 for n in moved) > 1
    assert ask(url, "SELECT turn, count(*) FROM duty_duty GROUP BY 1") == [(1, 400)]
    assert ask(url, "SELECT count(*), count(DISTINCT duty_id) FROM duty_telling") == [(400, 400)]
    assert ask(url, "SELECT did, count(*), count(DISTINCT about) FROM audit_entry WHERE did IN ('raised', 'told')"
                    " GROUP BY 1 ORDER BY 1") == [("raised", 400, 400), ("told", 400, 400)]  # fmt: skip
    assert ask(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [(0,)]
    assert ask(url, "SELECT count(*) FROM health_fault WHERE key NOT LIKE 'rung %'") == [(0,)]


def test_two_senders_send_each_message_once(url, ids):
    sent = [ast.literal_eval(said) for said in apart.race(SEND, url, "engine")]
    assert sum(bool(keys) for keys in sent) > 1
    assert sorted(Counter(key for keys in sent for key in keys).values()) == [1] * 400
    assert ask(url, "SELECT tries, count(*) FROM outbox_message WHERE sent_at IS NOT NULL GROUP BY 1") == [(1, 400)]


def people(code, url, ids):
    said = apart.race(PEOPLE.format(ids=ids, lot=LOT).replace("{lot}", LOT) + code, url, "app")
    return [ast.literal_eval(each) for each in said]


def test_several_who_claim_at_once_each_get_what_nobody_else_has(url, ids):
    people(CLAIM, url, ids)
    assert ask(url, "SELECT count(*), count(DISTINCT duty_id) FROM duty_claim WHERE ended_at IS NULL") == [(40, 40)]


def test_the_same_report_at_once_counts_once_and_other_content_is_beside_it(url, ids):
    acted = people(REPORT, url, ids)
    assert sorted(n for done in acted for n in done) == list(range(40))
    found = ask(url, "SELECT count(*) FILTER (WHERE NOT beside), count(DISTINCT key) FROM duty_report")
    assert found == [(40, 40)]


def test_several_worse_reports_at_once_have_one_successor(url, ids):
    assert sum(people(CLOSE, url, ids)) == 40
    first, second = people(SUCCEED, url, ids)
    assert first == second
    assert ask(url, "SELECT count(*) FROM duty_duty WHERE follows_id IS NOT NULL") == [(40,)]
