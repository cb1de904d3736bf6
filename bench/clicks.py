"""What it costs a person to bring three messy lists in, counted in a browser at the real pages; what is misread.

The lists (`tests/care/messy/`) are written as offices write them, and apart from them what is true of each person and
which cells can't be taken as they stand. Each list is brought in, taken back, brought in again, and a month later
brought in changed. Every click, every choice in a list and every file given counts as one; signing in doesn't.

Goals: the first time at most FIRST clicks, and one more for each column whose name nobody can know; the second time at
most SECOND; each further sheet SHEET. Every planted problem is named at its cell with what to do, and nothing else is.
Of who was taken in, nothing differs from the truth (read by plain SQL); taken back, nobody is left; a month later
exactly those who differ are changed, and nobody stands there twice.

    .venv/bin/python bench/clicks.py [--short]
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

FIRST, SECOND, SHEET = 5, 4, 2


@dataclass
class Seen:
    """What the pages said of one list on its way in."""

    clicks: int = 0
    preview: int = 0  # clicks until what would change is seen
    choices: int = 0  # columns that had to be chosen
    errors: list[tuple[str, str, str]] = field(default_factory=list)  # sheet, cell, what is said
    counts: dict[str, int] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)  # the addresses of the pages that say what became of it


class Hand:
    """Somebody's hand at the pages; counts what it does."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def click(self, role: str, name: Any) -> None:
        """One click on what is named so."""
        self.page.get_by_role(role, name=name).first.click()
        self.count += 1

    def bring(self, book: Any) -> Seen:
        """Bring a list in, as far as it goes, through all its sheets."""
        seen, page, self.count = Seen(), self.page, 0
        page.goto("/imports/")
        self.click("link", "대상자 명단")
        page.locator("input[type=file]").set_input_files({"name": book.name, "mimeType": "", "buffer": book.content})
        self.count += 1
        self.click("button", "올리고 미리 보기")
        self._apply(book, seen, book.sheets[0] if book.sheets else "")
        for sheet in book.sheets[1:]:
            self.click("button", sheet)
            self._apply(book, seen, sheet)
        seen.clicks = self.count
        return seen

    def _apply(self, book: Any, seen: Seen, sheet: str) -> None:
        page = self.page
        if page.url.endswith("/columns/"):
            for header, key in book.columns.items():
                page.get_by_label(header, exact=True).select_option(key)
                self.count += 1
                seen.choices += 1
            self.click("button", re.compile("^미리 보기"))
        page.wait_for_url("**/preview/")
        seen.preview = seen.preview or self.count
        for row in page.locator("section[aria-labelledby=errors] tbody tr").all():
            cells = row.locator("th, td").all_inner_texts()
            seen.errors.append((sheet, cells[2], cells[4]))
        for figure in page.locator(".figures .figure").all():
            name, number = (figure.locator(part).inner_text().strip() for part in (".name", ".value"))
            seen.counts[name] = seen.counts.get(name, 0) + int(number)
        button = page.get_by_role("button", name="행 반영하기")
        if button.count():
            button.click()
            self.count += 1
            page.wait_for_url("**/result/")
            seen.results.append(page.url)

    def take_back(self, seen: Seen) -> int:
        """Take back all that was brought in; the clicks of one sheet."""
        for address in seen.results:
            self.count = 0
            self.page.goto(address)
            self.page.locator("details summary", has_text="되돌리기").click()
            self.count += 1
            self.click("button", "명단 되돌리기")
        return self.count


def office() -> Any:
    """An office with the dongs and providers of the lists; its officer, who can sign in."""
    from tests import make
    from tests.care.messy import DONGS, PROVIDERS
    from tests.stories import screens

    made = make.office()
    for dong in DONGS:
        make.organisation(made, "centre", f"{dong} 행정복지센터", area=make.area(made, dong))
    for provider in PROVIDERS:
        make.organisation(made, "provider", provider)
    return screens.with_password(make.person(made))


def kept(url: str, office: int) -> list[tuple[Any, ...]]:
    """What stands in the database of the people of this office."""
    import psycopg
    from tests.care.messy import TRUTH

    with psycopg.connect(url) as connection:
        return sorted((tuple(row) for row in connection.execute(TRUTH, [office])), key=str)


def told(book: Any, seen: Seen, say: Callable[[str], None]) -> bool:
    """Whether each planted problem is named at its cell with what to do, and nothing else is."""
    plants = {("" if not book.sheets else p.sheet, p.cell): p.says for p in book.planted}
    found = {(sheet, cell): said for sheet, cell, said in seen.errors}
    for key in sorted(found.keys() - plants.keys()):
        say(f"  named, though nothing is wrong: {key} {found[key]}")
    lacking = [key for key, says in plants.items() if says not in found.get(key, "")]
    mute = [said for said in found.values() if "세요" not in said]
    for key in lacking:
        say(f"  not named as it should be: {key} {plants[key]!r}: {found.get(key)!r}")
    say(f"  {len(plants)} planted problems, {len(plants) - len(lacking)} named at their cell; no way out said: {mute}")
    return not lacking and not mute and found.keys() == plants.keys()


def same(book: Any, url: str, office: int, say: Callable[[str], None]) -> bool:
    """Whether exactly who is to be taken in stands there, and of each everything that is true."""
    from tests.care.messy import wanted

    now, true = kept(url, office), wanted(book.true)
    differs = [row for row in now if row not in true] + [row for row in true if row not in now]
    for row in differs[:6]:
        say(f"  differs: {row}")
    values = sum(len(row) for row in true)
    say(f"  {len(now)} people taken in of {len(true)}; {values} values against the truth, {len(differs)} rows differ")
    return now == true


def through(hand: Hand, module: Any, url: str, office: int) -> bool:
    """One list, from the first time to a month later; whether its goals are met."""
    book, later = module.book(), module.book(changed=True)
    more = max(0, len(book.sheets) - 1) * SHEET
    print(f"{book.name} ({len(book.content) / 1000:.0f} kB, {max(1, len(book.sheets))} sheets)", flush=True)

    first = hand.bring(book)
    print(f"  first time: {first.preview} clicks to the preview, {first.choices} columns; {first.clicks} in all")
    met = [first.clicks <= FIRST + len(book.columns) + more, told(book, first, print), same(book, url, office, print)]
    back, left = hand.take_back(first), len(kept(url, office))
    print(f"  taken back with {back} clicks a sheet: {left} people left")
    second = hand.bring(book)
    print(f"  second time: {second.preview} clicks to the preview, {second.choices} columns; {second.clicks} in all")
    met += [left == 0, second.clicks <= SECOND + more, told(book, second, print), same(book, url, office, print)]
    third, differ = hand.bring(later), sum(who not in book.true for who in later.true)
    print(f"  a month later: {third.clicks} clicks, {third.counts}; {differ} people differ")
    met += [third.counts["새로 등록"] == 0, third.counts["바뀜"] == differ > 0, same(later, url, office, print)]
    if not all(met):
        print(f"  missed: {met}")
    return all(met)


def main(short: bool) -> bool:
    """Three lists, one after the other, each in an office of its own. `short` leaves out the longest."""
    with ground.own() as server:
        import psycopg
        from tests import make
        from tests.care.messy import dong, metro, provider
        from tests.field.server import web
        from tests.stories import screens

        url = server.url("postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO dure_clock (at) VALUES (%s)", [make.NOON])
        app = server.url("dure_app")
        settings = {"DURE_ROLE": "app", "DURE_SECRET_KEY": "bench", "DATABASE_URL": app, "DURE_MOVED_CLOCK": app}
        with web(settings) as address, screens.chromium() as browser:
            met = []
            for module in (provider, dong) if short else (provider, dong, metro):
                officer = office()
                hand = Hand(screens.desk(browser, address, officer).page)
                met.append(through(hand, module, url, officer.office_id))
            return all(met)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
