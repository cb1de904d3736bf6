"""Every component of the look, filled with a made-up day, as plain HTML files to look at.

    python tests/gallery/render.py FOLDER     writes FOLDER/*.html and FOLDER/static/
    python tests/gallery/render.py            the same into a temporary folder, then serves it

Needs no database. All persons, numbers and places of people are invented.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django
from django.conf import settings

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src" / "dure"
NOW = datetime(2026, 11, 23, 11, 58, 20, tzinfo=ZoneInfo("Asia/Seoul"))
CSP = "default-src 'self'"

NAVIGATION = [
    {"url": "board.html", "label": "상황판", "count": 3},
    {"url": "case.html", "label": "긴급 상황"},
    {"url": "table.html", "label": "대상자"},
    {"url": "evening.html", "label": "하루 마감"},
    {"url": "network.html", "label": "비상연락망"},
    {"url": "import.html", "label": "자료 가져오기"},
    {"url": "form.html", "label": "근무표"},
]


class Officer:
    is_authenticated = True

    def __str__(self) -> str:
        return "한지우"


class Nobody:
    is_authenticated = False


def configure() -> None:
    """Django with templates, translations and nothing else."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
        LANGUAGE_CODE="ko",
        LANGUAGES=[("ko", "한국어"), ("en", "English")],
        LOCALE_PATHS=[SOURCE / "desk" / "locale"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="gallery",
        STATIC_URL="static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [SOURCE / "desk" / "templates", SOURCE / "signing" / "templates", HERE / "pages"],
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        FORM_RENDERER="django.forms.renderers.DjangoTemplates",
        TIME_ZONE="Asia/Seoul",
        USE_TZ=True,
    )
    django.setup()


urlpatterns: list[object] = []


def forms() -> dict[str, Any]:
    """A form as it stands after a first try: one field is wrong."""
    from django import forms as f

    class Shift(f.Form):
        who = f.ChoiceField(label="담당자", choices=[("", "고르세요"), ("1", "박서연 (우리밥상)")])
        day = f.DateField(label="날짜", help_text="예: 2026-11-24", widget=f.DateInput(attrs={"type": "date"}))
        night = f.CharField(label="야간 연락 번호", help_text="사람이 직접 받는 번호를 적습니다.")
        kind = f.ChoiceField(
            label="근무",
            widget=f.RadioSelect,
            choices=[("day", "주간 09–18시"), ("night", "야간 18–09시"), ("holiday", "주말·공휴일")],
        )
        note = f.CharField(label="메모", required=False, widget=f.Textarea(attrs={"rows": 3}))
        tested = f.BooleanField(label="오늘 시험 전화를 걸어 통화했습니다.", required=False)

    class LogIn(f.Form):
        username = f.CharField(label="아이디", widget=f.TextInput(attrs={"autocomplete": "username"}))
        password = f.CharField(label="비밀번호", widget=f.PasswordInput(attrs={"autocomplete": "current-password"}))

    shift = Shift({"who": "1", "day": "2026-11-24", "night": "062-960-", "kind": "night"})
    shift.add_error("night", "번호가 짧습니다. 지역번호부터 끝까지 적으세요. 예: 062-000-0000")
    return {"shift": shift, "login": LogIn()}


def rows() -> list[dict[str, Any]]:
    """Fifty recipients of a long list; names are masked as on every list."""
    family = "김이박최정강조윤장임한오서신권황안송류홍"
    dongs = ["송정1동", "송정2동", "도산동", "신흥동", "우산동", "월곡1동", "첨단1동", "첨단2동", "수완동", "하남동"]
    providers = ["우리밥상", "햇살도시락", "어룡나눔", "첨단한끼", "수완찬방"]
    tiers = ["green", "amber", "green", "red", "green", "green", "amber"]
    return [
        {
            "number": 1001 + n,
            "name": f"{family[n * 7 % 20]}*{'순자복례영수'[n % 6]}",
            "born": 1934 + n * 5 % 27,
            "dong": dongs[n * 3 % 10],
            "provider": providers[n % 5],
            "tier": tiers[n % 7],
            "meals": [5, 7, 10, 5, 3][n % 5],
            "until": NOW.date() + timedelta(days=n * 11 % 200),
        }
        for n in range(50)
    ]


def signed_in(page: str) -> bool:
    return page not in {"login", "500"}


def context(page: str) -> dict[str, Any]:
    """What the pages show. `ago` and `coming` are moments by minutes from now."""
    from django.core.paginator import Paginator

    return {
        "frame": {
            "office": "광산구청",
            "navigation": [{**e, "current": e["url"] == f"{page}.html"} for e in NAVIGATION] if signed_in(page) else [],
            "role": "돌봄정책과 · 담당 공무원",
            "now": NOW,
            "telling_stopped": page == "stopped",
            "exercise": {"ends_at": NOW, "about": UUID(int=1)} if page == "exercise" else None,
            "call": {"name": "당직실", "number": "062-000-0119"},
        },
        "now": NOW,
        "ago": {f"m{n}": NOW - timedelta(minutes=n, seconds=n * 7 % 60) for n in range(0, 200)},
        "coming": {f"m{n}": NOW + timedelta(minutes=n, seconds=n * 11 % 60) for n in range(0, 200)},
        "rows": rows(),
        "page": Paginator(range(4812), 50).page(3),
        **forms(),
        "form": forms()["login"],
        "address": [
            ("사는 곳", "송정1동 ○○로 12, 나래빌라 B동 203호"),
            ("들어가는 길", "왼쪽 계단으로 2층. 공동현관 비밀번호는 사업 담당에게 문의."),
            ("문을 열 수 있는 사람", "건물 관리인 조○○ 010-0000-0203"),
            ("움직임", "보행기 사용, 문까지 3분 걸림. 초인종 소리를 잘 못 들음."),
            ("병력·약", "고혈압, 2024년 뇌경색. 혈압약, 와파린."),
            ("무응답 시 대응 계획", "전화 2회 → 관리인이 문을 엶 → 딸에게 연락"),
        ],
    }


def render(folder: Path, *, theme: str = "") -> list[Path]:
    """Write every page of the gallery and what it needs into `folder`."""
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    shutil.copytree(SOURCE / "desk" / "static", folder / "static", dirs_exist_ok=True)
    import django_htmx

    shutil.copytree(Path(django_htmx.__file__).parent / "static", folder / "static", dirs_exist_ok=True)
    names = {path.stem: path.name for path in sorted((HERE / "pages").glob("[a-z]*.html"))}
    names |= {"login": "signing/sign_in.html", "403": "403.html", "404": "404.html", "500": "500.html"}
    written = []
    for page, template in names.items():
        target = folder / f"{page}.html"
        request = RequestFactory().get("/")
        request.user = Officer() if signed_in(page) else Nobody()
        request.COOKIES = {"theme": theme} if theme else {}
        target.write_text(render_to_string(template, context(page), request))
        written.append(target)
    return written


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the files under the same policy as the product: nothing inline, nothing from outside."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(folder: Path, port: int = 0, handler: type[Handler] = Handler) -> http.server.ThreadingHTTPServer:
    answer = functools.partial(handler, directory=str(folder))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), answer)


if __name__ == "__main__":
    configure()
    if len(sys.argv) > 1:
        for path in render(Path(sys.argv[1])):
            print(path)
    else:
        place = Path(tempfile.mkdtemp(prefix="gallery"))
        render(place)
        with serve(place, 8100) as server:
            print("http://127.0.0.1:8100/board.html")
            server.serve_forever()
