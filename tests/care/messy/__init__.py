"""Three lists as offices really have them, with what they mean written apart from whoever reads them.

All persons, numbers and addresses are invented.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

DONGS = ("첨단1동", "첨단2동", "송정1동")
PROVIDERS = ("한빛복지관", "새날센터")
DAYS = "월화수목금토일"
# What stands in the database of an office's people, in the order of `Who`; plain SQL, that owes nothing to the import.
TRUTH = """
    SELECT r.name, r.born_on, r.sex, r.phone, p.address, a.name, r.tier,
           array(SELECT m.weekday FROM care_mealplan m WHERE m.recipient_id = r.id AND m.until IS NULL ORDER BY 1),
           o.name, r.phone_2, r.allergies, p.door_code, r.consent_on,
           coalesce(c.name, ''), coalesce(c.relation, ''), coalesce(c.phone, '')
    FROM care_recipient r JOIN places_place p ON p.id = r.place_id JOIN places_area a ON a.id = p.area_id
         JOIN people_organisation o ON o.id = r.provider_id LEFT JOIN care_contact c ON c.recipient_id = r.id
    WHERE r.ended_on IS NULL AND r.office_id = %s
"""
_SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍"
_FIRST, _SECOND = "복순영금말분옥정점춘길갑덕만상", "례순자희숙남녀임심선수철호식근"


@dataclass(frozen=True)
class Who:
    """What is true of one invented person."""

    name: str
    born_on: date
    sex: str
    phone: str
    address: str
    dong: str
    tier: str
    days: tuple[int, ...]
    provider: str
    phone_2: str = ""
    allergies: str = ""
    door_code: str = ""
    consent_on: date | None = None
    contact: str = ""
    relation: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class Planted:
    """A cell that can't be taken as it is, and a part of what has to be said of it."""

    sheet: str
    cell: str
    says: str


@dataclass
class Messy:
    """A list: its bytes, who is to be taken in, what is to be asked, who has ended, and how the columns are meant."""

    name: str
    content: bytes
    true: list[Who]
    planted: list[Planted]
    ended: list[str] = field(default_factory=list)
    sheets: Sequence[str] = ()
    columns: dict[str, str] = field(default_factory=dict)  # header that nobody can know -> what a person chooses


def people(seed: int, many: int, *, dongs: Sequence[str], providers: Sequence[str]) -> Iterator[Who]:
    """So many invented people, no two of one name."""
    chance = random.Random(seed)
    names = [a + b + c for a in _SURNAMES for b in _FIRST for c in _SECOND]
    for number, name in enumerate(chance.sample(names, many)):
        contact = chance.choice(_SURNAMES) + chance.choice(["민지", "성훈", "은영", "재호"])
        yield Who(
            name=name,
            born_on=date(chance.randint(1930, 1958), chance.randint(1, 12), chance.randint(1, 28)),
            sex=chance.choice("fm"),
            phone=f"010-{seed:02}00-{number:04}",
            address=f"{chance.choice(['첨단중앙로', '임방울대로', '송정로'])} {chance.randint(2, 300)}",
            dong=dongs[number * len(dongs) // many],
            tier=chance.choice(["red", "amber", "green"]),
            days=chance.choice([(0, 2, 4), (1, 3), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)]),
            provider=providers[number % len(providers)],
            allergies=chance.choice(["", "", "우유", "땅콩, 메밀", "등푸른 생선(고등어) 드시면 두드러기"]),
            contact=contact,
            relation=chance.choice(["딸", "아들", "며느리", "조카"]),
            contact_phone=f"010-{seed:02}50-{number:04}",
        )


def next_month(who: Who, number: int) -> Who:
    """Some have another risk or another contact number a month later."""
    if number % 7 == 0:
        return replace(who, tier="amber" if who.tier == "red" else "red")
    return replace(who, contact_phone=f"010-9{number % 1000:03}-0000") if number % 11 == 0 else who


def wanted(true: Sequence[Who]) -> list[tuple[Any, ...]]:
    """What `TRUTH` has to find, row by row."""
    return sorted((tuple([*v] if isinstance(v, tuple) else v for v in asdict(who).values()) for who in true), key=str)
