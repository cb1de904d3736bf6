"""Papers to try the writers on: an ordinary report, a hostile one, a large one."""

from datetime import date, datetime

from dure.sheets.paper import Align, Break, Column, Line, Pairs, Paper, Point, Table

MADE = datetime(2026, 11, 2, 7, 5)
HOSTILE = (
    '#import "@preview/evil:1.0"',
    '#read("/etc/passwd") $x^2$ \\ * _ ` [ ] { } < > & \' " ~ @ // /*',
    "</hp:t><script>alert(1)</script>&amp;]]>",
    "🙂 👨‍👩‍👧 한 １２３ \t 끝",
    "=1+1",
    "첫 줄\n둘째 줄\r\n셋째 줄",
    "가\x00나\x1b다\ud800라\uffff마",
    "",
    "-",
)


def report() -> Paper:
    """Every kind of part once."""
    return Paper(
        "11월 정산 보고", "광산구", MADE, subtitle="2026년 11월", foot="업무용",
        parts=[
            Point(1, "개요"),
            Point(2, "모두 1,240식을 전달하였음"),
            Point(3, "점심 1,000식"),
            Point(4, "거부 3건"),
            Pairs([("수행기관", "예시나눔센터"), ("단가", 5000), ("기간", date(2026, 11, 1))], across=2),
            Table(
                [Column("날짜", 2, Align.CENTER), Column("식수"), Column("비고", 3)],
                [[date(2026, 11, 1), 10, "가"], [date(2026, 11, 2), 20, None], ["합계", 30, ""]],
                title="날짜별 식수", totals=1,
            ),
            Line("참고 사항", small=True),
            Break(),
            Point(1, "계획"),
            Line("다음 쪽", bold=True),
            Table([Column("방문"), Column("서명")], [["김하나", ""]], tall=True),
        ],
    )  # fmt: skip


def hostile(text: str) -> Paper:
    """The same text wherever somebody could have typed it."""
    return Paper(
        text or "제목", text, MADE, subtitle=text, foot=text,
        parts=[
            *(Point(level, text) for level in (1, 2, 3, 4)),
            Line(text),
            Line(text, bold=True, small=True),
            Pairs([(text, text)]),
            Table([Column(text), Column("둘", 3)], [[text, 1], [text, text]], title=text, totals=1),
        ],
    )  # fmt: skip


def large(rows: int) -> Paper:
    """A list of so many rows and eight columns, as an office prints it."""
    columns = ["연번", "성명", "동", "전화", "방문 결과", "금액", "방문일", "비고"]
    made = [
        [n, f"없는이{n % 97:02}", f"광산구 시험{n % 21}동", f"062-000-{n:04}", "안부 확인(이상 없음)", 5000 + n,
         date(2026, 11, 1 + n % 30), f"비고 {n}"]
        for n in range(rows)
    ]  # fmt: skip
    return Paper("큰 명단", "광산구", MADE, [Table([Column(title) for title in columns], made, title="대상자")])
