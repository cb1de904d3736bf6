"""The demo office's recipients as the office's own spreadsheet: titles above, header on row 3, dates as people type."""

import random
from datetime import date
from itertools import groupby

from dure.care.models import Meal, Recipient
from dure.sheets.write import Column, Page, write

HEADER = (
    "연번", "성명", "생년월일", "성별", "연락처", "주소", "행정동", "위험도", "건강상태", "식이", "알레르기",
    "보호자", "관계", "보호자 연락처", "이용 중인 서비스", "무응답 시 대응", "코스", "배달순서",
    "급식요일", "점심", "저녁", "비고",
)  # fmt: skip
TIERS = {"red": "적", "amber": "황", "green": "녹"}
SEXES = {"f": "여", "m": "남", "": ""}


def workbook(day: date, seed: int) -> bytes:
    """One sheet a provider, with a title, a note, and the list as an office keeps it."""
    chance = random.Random(seed)
    found = Recipient.objects.served().filter(office__is_demo=True).select_related("provider", "place__area", "route")
    found = found.prefetch_related("contacts", "services", "meals").order_by("provider_id", "route_id", "route_order")
    pages = [
        Page(
            name=provider,
            columns=[Column(title) for title in HEADER],
            rows=[_row(number, recipient, chance) for number, recipient in enumerate(of, 1)],
            title=f"{day.year}년 식사지원 대상자 명단 ({provider})",
            notes=["※ 체험용 자료이며 모든 사람과 주소는 지어낸 것입니다."],
        )
        for provider, of in groupby(found, key=lambda r: r.provider.name)
    ]
    return write(pages)


def _typed(day: date | None, chance: random.Random) -> str:
    """A date as people type it: nobody writes all of them alike."""
    if day is None:
        return ""
    return chance.choice(
        [f"{day:%Y.%m.%d}", f"{day:%Y-%m-%d}", f"{day:%y%m%d}", f"{day.year}. {day.month}. {day.day}."]
    )


def _row(number: int, r: Recipient, chance: random.Random) -> list[str | int]:
    contact = next(iter(r.contacts.all()), None)
    services = [s.service + ("(중단)" if s.stopped_on else "") for s in r.services.all()]
    times = {m.meal: f"{m.by_time:%H:%M}" for m in r.meals.all()}
    weekend = any(m.weekday > 4 for m in r.meals.all())
    written = ["매일", "월~일", "월화수목금토일"] if weekend else ["월~금", "월화수목금", "평일"]
    return [
        number, r.name, _typed(r.born_on, chance), SEXES[r.sex],
        r.phone if chance.random() < 0.8 else r.phone.replace("-", ""),
        r.place.address, r.place.area.name if r.place.area else "", TIERS[r.tier], r.health, r.diet, r.allergies,
        contact.name if contact else "", contact.relation if contact else "", contact.phone if contact else "",
        ", ".join(services), r.planned_response, r.route.name if r.route else "", r.route_order,
        chance.choice(written), times.get(Meal.LUNCH, ""), times.get(Meal.DINNER, ""), "",
    ]  # fmt: skip
