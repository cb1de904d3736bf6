"""Who and what is made up in the demo office. Names that nobody bears, numbers that nobody is given."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OFFICE = "광산구(체험용)"
SCHEME = "통합돌봄 식사지원(체험용)"
PROVIDERS = ("해오름나눔주방", "두레솥도시락", "온마을밥상", "샛별돌봄도시락", "느티나무밥집")
HOSPITAL = "체험종합병원"
FAMILIES = "김이박최정강조윤장임한오서신권황안송류홍"
FIRST = "달별솔꽃물비눈해산들"
SECOND = ("바람", "구름", "마루", "노을", "나루", "여울", "그늘", "자락", "언덕", "이슬", "소리", "가람")
HEALTH = (
    "고혈압, 무릎 관절염", "당뇨(인슐린), 시력 저하", "뇌졸중 후 왼쪽 마비, 지팡이", "청각장애, 초인종 못 들음",
    "만성 폐쇄성 폐질환, 산소 사용", "심부전", "초기 치매",
    "척추 협착, 휠체어", "우울증 치료 중", "지체장애, 보행 어려움",
)  # fmt: skip
MEDICINES = ("혈압약", "당뇨약, 인슐린", "혈전 예방약", "흡입제", "이뇨제", "치매약", "진통제", "")
SERVICES = (
    ("방문요양", "다솜재가센터(가상)", "월·수·금"),
    ("노인맞춤돌봄", "온누리복지관(가상)", "화·목"),
    ("방문간호", "늘봄방문간호(가상)", "수"),
    ("장애인활동지원", "두손활동지원(가상)", "월~금"),
    ("응급안전안심", "안심응급센터(가상)", "매일"),
)
AGREED = (
    "5분 기다린 뒤 다시 두드리고, 옆집에 열쇠가 있음", "딸에게 먼저 전화", "경로당에 있을 수 있음. 경로당에 먼저 전화",
    "말기 돌봄 중. 119보다 방문간호에 먼저 전화", "초인종 대신 문자 후 3분 대기",
)  # fmt: skip
RELATIONS = ("딸", "아들", "이웃", "조카", "통장", "동생")


@dataclass(frozen=True)
class Dong:
    """A dong on real ground: its name, its code, and its centre."""

    name: str
    code: str
    lon: float
    lat: float


def dongs() -> list[Dong]:
    """The 21 dongs of Gwangsan-gu."""
    with (Path(__file__).parent / "gwangsan_dongs.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [Dong(r["name"], r["code"], float(r["lon"]), float(r["lat"])) for r in rows]


def names(chance: random.Random) -> Iterator[str]:
    """Names that are clearly made up, none twice: a family name and a picture of nature.

    >>> given = names(random.Random(1))
    >>> len({next(given) for _ in range(2000)})
    2000
    """
    every = [family + one + two for family in FAMILIES for one in FIRST for two in SECOND]
    chance.shuffle(every)
    yield from every


def numbers() -> Iterator[str]:
    """Mobile numbers that nobody is given.

    >>> next(numbers())
    '010-0000-0001'
    """
    return (f"010-0000-{n:04}" for n in range(1, 10_000))
