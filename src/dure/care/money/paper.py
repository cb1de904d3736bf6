"""A provider's month as paper that both sides sign: what is counted and paid, what was corrected, who agreed when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dure import clock
from dure.care.models import Scheme
from dure.care.money.counting import Reckoned, last_day
from dure.care.money.exports import words
from dure.care.money.models import Agreement, Settlement, Side
from dure.care.money.sums import Difference, Entry
from dure.sheets.paper import Align, Column, Line, Pairs, Paper, Part, Point, Table
from dure.sheets.tables import Value

WON = Align.RIGHT


def paper(
    settlement: Settlement,
    found: Reckoned,
    schemes: Mapping[int, Scheme],
    agreements: Sequence[Agreement],
    house: str,
    now: datetime,
) -> Paper:
    """The settlement as it stands now, or as it was closed. Names no recipient; the office's words stay."""
    parts = [
        *_what(settlement, found, now),
        Point(1, _("Meals that count")), _lines(found, schemes), Line(_("Amounts in won"), small=True),
        *_left_out(found), *_corrections(found),
        Point(1, _("Agreement")), _agreed(settlement, found, agreements),
        *_signatures(settlement, house),
    ]  # fmt: skip
    title = _("Settlement of meals, %(month)s") % {"month": settlement}
    made = clock.local(now).replace(tzinfo=None)
    return Paper(title, house, made, parts, subtitle=settlement.provider.name)


def _day(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def _what(settlement: Settlement, found: Reckoned, now: datetime) -> list[Part]:
    pairs: list[tuple[str, Value]] = [
        (_("Provider"), settlement.provider.name),
        (_("Settled days"), f"{settlement.month} ~ {last_day(settlement.month)}"),
        (_("Meals"), _("%(n)s meals") % {"n": f"{found.meals:,}"}),
        (_("To be paid"), _("%(won)s won") % {"won": f"{found.total:,}"}),
        (_("State"), _state(settlement, now)),
    ]
    if settlement.closed_why:
        pairs.append((_("Why without both having agreed"), settlement.closed_why))
    return [Pairs(pairs)]


def _state(settlement: Settlement, now: datetime) -> str:
    if settlement.closed_at:
        when = _day(settlement.closed_at)
        return _("Closed on %(time)s by %(person)s") % {"time": when, "person": settlement.closed_by}
    if settlement.ends > clock.local(now).date():
        return _("The month isn't over: these numbers still change")
    return _("Not closed yet: these numbers can still change")


def _lines(found: Reckoned, schemes: Mapping[int, Scheme]) -> Table:
    columns = [
        Column(_("Scheme"), 2.6), Column(_("Meals"), 0.9, WON), Column(_("Unit price"), 1, WON),
        Column(_("Own share"), 1, WON), Column(_("Meals × unit price"), 1.5, WON),
        Column(_("− own shares"), 1.4, WON), Column(_("Amount"), 1.5, WON),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            str(schemes[each.scheme]), each.meals, each.unit_price, each.own_share, each.gross, each.shares,
            each.amount,
        ]
        for each in found.lines
    ]  # fmt: skip
    if found.corrections:
        rows.append([_("Corrections of closed months"), None, None, None, None, None, signed(found.corrected)])
    gross, shares = (sum(getattr(each, name) for each in found.lines) for name in ("gross", "shares"))
    return Table(columns, [*rows, [_("In all"), found.meals, None, None, gross, shares, found.total]], totals=1)


def signed(won: int) -> str:
    """A difference with its sign.

    >>> signed(-8000), signed(0), signed(1000)
    ('-8,000', '0', '+1,000')
    """
    return f"{won:+,}" if won else "0"


def _left_out(found: Reckoned) -> list[Part]:
    brought = [f"{words(how) or _('not said')}: {n:,}" for how, n in found.left_out]
    parts: list[Part] = [Point(2, _("Brought, and not counted") + f" – {', '.join(brought)}")] if brought else []
    without, unreported, unclear = len(found.without_scheme), found.unreported, found.unclear
    notes = [
        (without, ngettext(
            "%(n)s meal belongs to no scheme and can't be settled yet.",
            "%(n)s meals belong to no scheme and can't be settled yet.", without,
        )),
        (unreported, ngettext(
            "%(n)s visit was never reported and doesn't count.",
            "%(n)s visits were never reported and don't count.", unreported,
        )),
        (unclear, ngettext(
            "At %(n)s visit nobody said whether the meal was handed over. It doesn't count.",
            "At %(n)s visits nobody said whether the meal was handed over. They don't count.", unclear,
        )),
    ]  # fmt: skip
    parts += [Point(2, said % {"n": n}) for n, said in notes if n]
    return parts


def _corrections(found: Reckoned) -> list[Part]:
    if not found.corrections:
        return []
    columns = [
        Column(_("Day"), 1.1, Align.CENTER), Column(_("Counted then"), 2.6), Column(_("Counts now"), 2.6),
        Column(_("Difference (won)"), 1.2, WON),
    ]  # fmt: skip
    rows = [_correction(each) for each in found.corrections]
    total: list[Value] = [_("In all"), None, None, signed(found.corrected)]
    head = Point(1, _("Corrections of closed months"))
    return [head, Table(columns, [*rows, total], totals=1)]


def _correction(each: Difference) -> list[Value]:
    day: date = each.after.day
    return [day, _counted(each.before), _counted(each.after), signed(each.won)]


def _counted(entry: Entry | None) -> str:
    if entry is None:
        return _("not reported")
    if not entry.meals:
        said = _("doesn't count")
    else:
        values = {"n": entry.meals, "price": f"{entry.unit_price:,}", "share": f"{entry.own_share:,}"}
        said = ngettext(
            "%(n)s meal × (%(price)s − %(share)s)", "%(n)s meals × (%(price)s − %(share)s)", entry.meals
        ) % values  # fmt: skip
    return f"{said} · {words(entry.way)}" if entry.way else said


def _agreed(settlement: Settlement, found: Reckoned, agreements: Sequence[Agreement]) -> Table:
    """Who agreed when: with what is counted now, or with what was counted before."""
    columns = [
        Column(_("Side"), 1),
        Column(_("Who agreed"), 1.5),
        Column(_("Agreed on"), 1.4, Align.CENTER),
        Column(_("State"), 2.4),
    ]
    rows: list[list[Value]] = []
    for side in Side:
        last = next((each for each in reversed(agreements) if each.side == side), None)
        if last is None:
            rows.append([str(side.label), "", "", _("not yet")])
            continue
        holds = last.withdrawn_at is None and last.what == found.fingerprint
        said = _("Agreed with this count") if holds else _("The count has changed since: to be agreed again")
        rows.append([str(side.label), f"{last.by.post} {last.by.name}".strip(), _day(last.at), said])
    return Table(columns, rows)


def _signatures(settlement: Settlement, house: str) -> list[Part]:
    columns = [
        Column(_("Side"), 1), Column(_("Agency"), 2), Column(_("Post, name"), 2), Column(_("Signature"), 1.6),
        Column(_("Date"), 1.2),
    ]  # fmt: skip
    rows = [
        [str(Side.PROVIDER.label), settlement.provider.name, "", "", ""],
        [str(Side.OFFICE.label), house, "", "", ""],
    ]
    return [Point(1, _("Signatures")), Point(2, _("We have looked at the above, and it is right.")),
            Table(columns, rows, tall=True)]  # fmt: skip
