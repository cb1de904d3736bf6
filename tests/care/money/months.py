"""Random months, lived through the real actions, and what they come to counted by SQL that was written apart."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from dure.care.models import Recipient, Scheme, Visit
from dure.care.money import actions
from dure.care.money.models import Settlement, Terms
from dure.care.opening import GRACE
from dure.cases.models import Tier
from dure.duty.models import Duty
from dure.duty.opening import Owed, open_duties
from dure.people.models import Organisation
from tests.care import world as care
from tests.care.money import world as m

OCTOBER, NOVEMBER, DECEMBER, JANUARY = (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
WAYS = [("in_person", "seen_well")] * 6 + [
    ("proxy", "known_safe"), ("at_door", "known_safe"), ("at_door", "seen_well"), ("refused", "seen_well"),
    ("not_handed", "no_reply"), ("", "no_reply"), ("", "known_safe"), ("", "not_attempted"), ("", "seen_well"),
    ("", ""),
]  # fmt: skip
# What holds on each day, said in one statement: visits × the newest belonging by that day × the newest price by then.
COUNT = """
SELECT coalesce(sum(v.meals), 0)::bigint, coalesce(sum(v.meals * (t.price - t.share)), 0)::bigint
FROM care_visit v
CROSS JOIN LATERAL (
    SELECT b.scheme_id FROM money_belonging b WHERE b.recipient_id = v.recipient_id AND b.since <= v.day
    ORDER BY b.since DESC, b.id DESC LIMIT 1) AS b
CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT unit_price AS price, own_share AS share, since, pays_at_door AS door, pays_refused AS refused,
               pays_not_handed AS nobody
        FROM money_terms WHERE scheme_id = b.scheme_id AND replaced_at IS NULL AND since <= v.day
    ) AS said ORDER BY since DESC LIMIT 1) AS t
WHERE v.provider_id = %s AND v.day >= %s AND v.day < %s AND (
    v.handed IN ('in_person', 'proxy') OR (v.handed = 'at_door' AND t.door) OR (v.handed = 'refused' AND t.refused)
    OR (t.nobody AND (v.handed = 'not_handed' OR (v.handed = '' AND v.outcome IN ('no_reply', 'known_safe')))))
"""


@dataclass
class Office:
    """An office with two providers, three schemes and people who are served, and chance."""

    world: m.World
    chance: random.Random
    schemes: list[Scheme] = field(default_factory=list)
    people: list[Recipient] = field(default_factory=list)
    today: datetime = datetime(2026, 12, 1, 1, tzinfo=UTC)

    @property
    def providers(self) -> list[Organisation]:
        return [self.world.ours, self.world.theirs]

    def counted(self, provider: Organisation, first: date, last: date) -> tuple[int, int]:
        """Meals and won between two days, by SQL."""
        return m.sql(COUNT, provider.pk, first, last)[0]

    def day(self, first: date = NOVEMBER, days: int = 30) -> date:
        return first + timedelta(days=self.chance.randrange(days))


def office(seed: int, people: int = 4) -> Office:
    """An office before anything was said about its prices."""
    made = Office(m.build(), random.Random(seed))
    chance = made.chance
    made.schemes = [
        care.scheme(made.world.officer, f"사업{n}", chance.randrange(7000, 11000), chance.randrange(0, 3000, 500))
        for n in range(3)
    ]
    made.people = [
        m.served(made.world, provider=chance.choice(made.providers), scheme=chance.choice(made.schemes))
        for _ in range(people)
    ]
    return made


def visits(of: Office, first: date, days: int, number: int) -> None:
    """So many visits on days of this month, reported in every way, some with two meals."""
    chance, office = of.chance, of.world.care.office
    wanted = {
        (chance.choice(of.people), of.day(first, days), chance.choice(["lunch", "dinner"])) for _ in range(number)
    }
    fresh = [key for key in wanted if not Visit.objects.filter(recipient=key[0], day=key[1], meal=key[2]).exists()]
    due = datetime.combine(first, time(11), UTC)
    owed = [Owed(kind="care.visit", what="x", due_at=due + GRACE[Tier.GREEN], ladder="visit") for _ in fresh]
    duties: list[Duty] = open_duties(office.pk, owed, by=None, now=due - timedelta(days=1))
    made = []
    for (who, day, meal), duty in zip(sorted(fresh, key=lambda k: (k[0].pk, k[1], k[2])), duties, strict=True):
        handed, outcome = chance.choice(WAYS)
        made.append(Visit(
            office=office, recipient=who, provider_id=who.provider_id, day=day, meal=meal, due_at=due, duty=duty,
            meals=chance.choice([1, 1, 1, 2]), handed=handed, outcome=outcome, reported_at=due if outcome else None,
        ))  # fmt: skip
    Visit.objects.bulk_create(made)


def price(of: Office, day: date, *, back: bool = False) -> None:
    """Another price from a day on, and other ways of handing over that count."""
    chance = of.chance
    unit = chance.randrange(7000, 11000, 100)
    terms = Terms(
        scheme=chance.choice(of.schemes), since=day, unit_price=unit, own_share=chance.randrange(0, unit, 500),
        pays_at_door=chance.random() < 0.8, pays_refused=chance.random() < 0.3, pays_not_handed=chance.random() < 0.3,
    )  # fmt: skip
    actions.say_terms(terms, back=back, by=of.world.officer, now=of.today)


def belong(of: Office, day: date) -> None:
    """Somebody changes into another scheme."""
    actions.belongs(of.chance.choice(of.people), of.chance.choice(of.schemes), day, by=of.world.officer, now=of.today)


def reported_otherwise(of: Office, first: date, last: date) -> None:
    """Paper is entered late, an outcome is corrected, one day there were two meals after all."""
    found = list(Visit.objects.filter(office=of.world.care.office, day__gte=first, day__lt=last).order_by("pk"))
    for visit in of.chance.sample(found, min(len(found), of.chance.randrange(4))):
        handed, outcome = of.chance.choice([way for way in WAYS if way[1]])
        values = {"handed": handed, "outcome": outcome, "reported_at": of.today, "meals": of.chance.choice([1, 2])}
        Visit.objects.filter(pk=visit.pk).update(**values)


def close(of: Office, provider: Organisation, month: date) -> Settlement:
    """Both agree and the month is closed."""
    settlement, _ = Settlement.objects.get_or_create(office=of.world.care.office, provider=provider, month=month)
    return m.closed(of.world, settlement, now=datetime.combine(settlement.ends, time(2), UTC))
