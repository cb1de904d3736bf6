"""The office of the crash run, built once in the fresh database: thousands of duties on random ladders."""

import json
import random
import sys
from datetime import timedelta

import django

django.setup()

from dure.duty.opening import Owed, open_duties  # noqa: E402
from dure.field.hashed import key_sha256  # noqa: E402
from dure.people.models import Device  # noqa: E402
from tests import make  # noqa: E402
from tests.make import MINUTE, NOON  # noqa: E402

many, seed, phones, minutes = (int(given) for given in sys.argv[1:])
random.seed(seed)
office = make.office("충돌구")
people = [
    make.person(office, f"사람{n}", channels=random.choice([("sms",), ("sms", "email"), ("sms", "screen")]))
    for n in range(30)
]
empty = make.roster(office)
rosters = [make.roster(office, *random.sample(people, random.randint(1, 2))) for _ in range(12)]


def rungs(longest: int) -> list[dict]:
    """A random ladder that ends with somebody who answers."""
    middle = [random.choice([*people, *rosters, *[empty] * 10]) for _ in range(random.randint(0, 3))]
    waits = [random.randint(5, longest) * MINUTE for _ in range(len(middle) + 1)]
    return [make.rung(who, wait) for who, wait in zip([*middle, random.choice(rosters)], waits, strict=True)]


ladders = [make.ladder(office, *rungs(60)) for _ in range(40)]
make.ladder(office, *rungs(20), name="case")
make.ladder(office, people[0], name="office")
owed = [
    Owed(
        random.choice(["crash.visit", "crash.other"]), "Somebody is waiting.",
        NOON + timedelta(seconds=random.randint(0, minutes * 60)), random.choice(ladders).name,
        urgent=random.random() < 0.7, page=f"/crash/{n}",
    )
    for n in range(many)
]  # fmt: skip
duties = [
    duty
    for at in range(0, many, 250)
    for duty in open_duties(office.pk, owed[at : at + 250], by=None, now=NOON - MINUTE)
]
workers = [make.person(office, f"종사자{n}", as_="officer") for n in range(phones)]
keys = [f"phone-{seed}-{n}" for n in range(phones)]
for worker, key in zip(workers, keys, strict=True):
    Device.objects.create(office=office, person=worker, key_sha256=key_sha256(key), enrolled_at=NOON)
print(json.dumps({
    "office": office.pk, "empty": empty.pk, "keys": keys, "desk": [p.pk for p in people[:5]],
    "refs": [str(duty.ref) for duty in duties],
}))  # fmt: skip
