"""The columns of a list of recipients, with the headers that offices give them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dure.care.imports.recipient_cells import born, contact, contact_phone, ended, meal_time, own_phone, who
from dure.care.models import Reach, Scheme
from dure.cases.models import Tier
from dure.imports.kinds import Column, Scope
from dure.people.models import Organisation
from dure.places.models import Area
from dure.sheets import cells, dates
from dure.sheets.cells import limited as upto
from dure.sheets.phones import phone
from dure.sheets.problems import Problem
from dure.sheets.tables import Value
from dure.sheets.words import as_text, is_nothing

CONTACTS = (1, 2, 3)
TIERS: dict[str, list[str]] = {
    Tier.RED: ["적", "고위험", "상", "위험", "적색", "빨강", "빨간색", "빨강색", "레드"],
    Tier.AMBER: ["황", "중위험", "중", "주의", "황색", "노랑", "노란색", "노랑색", "옐로"],
    Tier.GREEN: ["녹", "저위험", "하", "일반", "녹색", "초록", "초록색", "그린"],
}
SEXES = {"f": ["여", "여자", "여성"], "m": ["남", "남자", "남성"]}
REACH: dict[str, list[str]] = {
    Reach.PHONE: ["전화"],
    Reach.TEXT: ["문자"],
    Reach.VIDEO: ["영상통화", "영상"],
    Reach.NO_DOORBELL: ["초인종 못 들음", "청각장애"],
}
STOPPED = "(중단)"
CALLED = "연락처 전화 전화번호 휴대폰 휴대전화 핸드폰"
OWN_CALLED = "본인 본인연락처 본인전화 연락처본인 전화본인 전화번호본인 대상자연락처"
ENDED = (
    "중지 종료 중단 해지 종결 중지여부 종료여부 중단여부 중지사유 종료사유 중단사유 상태 이용상태 서비스상태 지원상태"
)


def columns(scope: Scope) -> Sequence[Column]:
    """What can be said of a recipient in a list: the person, the door, the meals, the people around."""
    return [*_person(scope), *_door(), *_meals(scope.today), *_health(scope.today), *_around()]


def by(names: str) -> list[str]:
    """The names that a column goes by; spaces inside a name don't count when headers are compared."""
    return names.split()


def _named(things: Iterable[Organisation | Area | Scheme]) -> dict[str, list[str]]:
    return {str(thing.pk): [thing.name] for thing in things}


def _person(scope: Scope) -> list[Column]:
    sexes, tiers, reach = cells.choice(SEXES), cells.choice(TIERS), cells.choice(REACH)
    names = by("성명 이름 대상자 대상자명 어르신 어르신성명 수급자 수급자명")
    birth = by("생년월일 생일 주민번호앞자리 생년월일성별 출생일 출생")
    return [
        Column("name", _("Name"), who, names, must=True, hint="홍길동", own=True),
        Column("born_on", _("Date of birth"), born(scope.today), birth, must=True, hint="1941-03-05", own=True),
        Column("sex", _("Sex"), sexes, by("성별 남녀"), words=SEXES),
        Column("phone", _("Phone"), own_phone, by(f"{CALLED} {OWN_CALLED}"), hint="010-1234-5678"),
        Column("phone_2", _("Second phone"), phone, by("집전화 자택전화 연락처2 전화번호2 다른전화")),
        Column("reach", _("How to reach"), reach, by("연락방법 소통방법"), words=REACH),
        Column("tier", _("Risk"), tiers, by("위험도 위험등급 위험단계 위험도등급"), words=TIERS),
    ]


def _door() -> list[Column]:
    dongs = _named(Area.objects.filter(until=None))
    return [
        Column("address", _("Address"), upto(200), by("주소 거주지 도로명주소 배달지"), must=True),
        Column("dong", _("Dong"), cells.choice(dongs), by("행정동 동 동명 읍면동"), words=dongs, near="address"),
        Column("entrance", _("Entrance"), upto(200), by("출입구 출입방법 찾아가는길")),
        Column("floor", _("Floor"), upto(20), by("층")),
        Column("door_code", _("Door code"), cells.code(40), by("비밀번호 현관비밀번호 공동현관")),
        Column("key_place", _("Where the key is"), upto(100), by("열쇠 열쇠위치")),
        Column("hazard", _("Take care (dog, stairs …)"), upto(200), by("주의사항 주의 유의사항")),
        Column("slow_minutes", _("Minutes until the door is opened"), cells.number(0, 60, unit="분"), by("문여는시간")),
    ]


def _meals(today: date) -> list[Column]:
    providers = _named(Organisation.objects.filter(kind=Organisation.Kind.PROVIDER))
    schemes = _named(Scheme.objects.order_by("year"))
    days, noon, evening = dates.weekdays, meal_time(10, 16), meal_time(15, 22)
    whose, what = cells.choice(providers), cells.choice(schemes)
    on = by("급식요일 배식요일 제공요일 배달요일 요일 이용요일 식사요일 점심요일")
    return [
        Column("provider", _("Provider"), whose, by("수행기관 기관 기관명 제공기관"), words=providers),
        Column("scheme", _("Scheme"), what, by("사업 사업명"), words=schemes),
        Column("route", _("Course"), upto(60), by("코스 배달코스 노선 구역")),
        Column(
            "route_order",
            _("Place on the course"),
            cells.number(0, 30_000),
            by("배달순서 배달순번 코스순서 코스순번 순서"),
        ),
        Column("days", _("Days of the meals"), days, on, must=True, hint="월,수,금"),
        *_each_day(on),
        Column("lunch", _("Lunch by"), noon, by("점심 중식 배달시간 점심시간 중식시간"), hint="12:00"),
        Column("dinner", _("Dinner by"), evening, by("저녁 석식 저녁시간 석식시간"), hint="17:30"),
        Column("dinner_days", _("Days of the dinner"), days, by("저녁요일 석식요일")),
        Column(
            "started_on", _("Meals from"), dates.day, by("개시일 시작일 서비스시작일 지원시작일"), hint="2026-01-05"
        ),
        Column("ended", _("Ended or stopped"), ended(today), by(ENDED), leaves=True, hint="종료"),
    ]


def _each_day(whole: Sequence[str]) -> list[Column]:
    """A column for each day of the week, with a mark where meals come."""
    return [
        Column(
            f"day{number}", format_lazy("{} ({})", _("Days of the meals"), WEEKDAYS_ABBR[number]), cells.yes_no,
            [f"{day}요일", *(f"{word}{day}" for word in whole)], part_of="days", part=number,
        )
        for number, day in enumerate("월화수목금토일")
    ]  # fmt: skip


def _health(today: date) -> list[Column]:
    past = dates.past(today)
    agreed = _("What was agreed for no answer")
    return [
        Column("health", _("Disability, illness"), upto(300), by("건강상태 질환 질병 장애 건강")),
        Column("medicines", _("Medicines"), upto(300), by("복용약 약 투약")),
        Column("hospital", _("Usual hospital"), upto(100), by("병원 주이용병원 다니는병원")),
        Column("diet", _("Diet"), upto(200), by("식이 식이유형 식사유형 식단")),
        Column("allergies", _("Allergies"), upto(200), by("알레르기 알러지 못드시는음식")),
        Column("registered_119", _("Registered with 119 on this phone"), phone, by("119안심콜 안심콜 안심콜등록전화")),
        Column("planned_response", agreed, upto(300), by("무응답시대응 무응답시 무응답시대응계획")),
        Column("consent_on", _("Consent given on"), past, by("동의일 개인정보동의일")),
        Column("reviewed_on", _("Last reviewed on"), past, by("점검일 최근점검일")),
    ]


def _around() -> list[Column]:
    others = by("이용중인서비스 타서비스 이용서비스 다른돌봄")
    found = [Column("services", _("Other services"), services, others, hint=f"방문요양, 주야간보호{STOPPED}")]
    for n in CONTACTS:
        number, alone = {"n": n}, n == 1  # the first is often called without its number
        who = by(f"보호자{n} 비상연락처{n}" + " 보호자 비상연락처" * alone)

        def what(*words: str, who: Sequence[str] = who) -> list[str]:
            return [f"{each}{word}" for each in who for word in words]

        related, called = what("관계") + by("관계" if alone else f"관계{n}"), what(*by(CALLED))
        called += [f"{word}{each}" for each in who for word in by(CALLED)]  # two lines: 연락처 over 보호자
        found += [
            Column(
                f"contact{n}",
                _("Contact %(n)d") % number,
                contact(n),
                what("", "성명", "이름", "(관계)"),
                near=f"contact{n}_phone",
            ),
            Column(f"contact{n}_relation", _("Relation of contact %(n)d") % number, upto(40), related),
            Column(
                f"contact{n}_phone", _("Phone of contact %(n)d") % number, contact_phone(n), called, near=f"contact{n}"
            ),
            Column(f"contact{n}_key", _("Contact %(n)d has a key") % number, cells.yes_no, what("열쇠")),
        ]
    return found


def services(value: Value) -> tuple[str, ...] | Problem | None:
    """The other care services, separated by commas; one that has stopped has (중단) behind it."""
    if is_nothing(value):
        return None
    names = [re.sub(r"\s*\(?중단\)?$", STOPPED, part.strip()) for part in re.split(r"[,/\n;]", as_text(value))]
    return tuple(name[:100] for name in dict.fromkeys(names) if name)
