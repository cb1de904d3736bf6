"""The settlements of the months that lie in these days: what they come to, who agreed, what was corrected."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from dure import clock
from dure.care.inspections.meant import Meant, Part, middle, number, table
from dure.care.money import actions
from dure.care.money.counting import Reckoned, reckon
from dure.care.money.models import Agreement, Objection, Settlement, Side
from dure.care.money.paper import signed
from dure.sheets.paper import Table
from dure.sheets.tables import Value

SUMMED = ("meals", "amount", "corrected", "total")


def part(meant: Meant) -> Part:
    """Each provider's month on its line."""
    months = _months(meant)
    found = reckon(meant.standing.office, months)
    corrections = sum(len(found[each.pk].corrections) for each in months)
    closed = sum(each.closed_at is not None for each in months)
    says = _("%(n)s months of providers, %(closed)s closed; %(corrections)s corrections") % {
        "n": len(months), "closed": closed, "corrections": corrections,
    }  # fmt: skip
    notes = [_("Months of which only some days are meant stand here as a whole. Amounts in won.")]
    tables = [_table(meant, months, found)]
    return Part("settlements", _("Settlements"), says, _lacks(meant, months, found), notes, tables, "care:money:index")


def _months(meant: Meant) -> list[Settlement]:
    mine = Settlement.objects.seen_by(meant.standing).filter(provider__in=meant.keys)
    mine = mine.filter(month__gte=meant.asked.first.replace(day=1), month__lte=meant.last)
    agreed = Prefetch("agreements", Agreement.objects.order_by("at", "pk"), "said")
    objected = Prefetch("objections", Objection.objects.order_by("at", "pk"), "against")
    return list(mine.select_related("provider").prefetch_related(agreed, objected))


def _lacks(meant: Meant, months: Sequence[Settlement], found: dict[int, Reckoned]) -> list[str]:
    said = []
    for each in months:
        what = {"month": each, "provider": each.provider}
        if any(objection.answered_at is None for objection in each.against):  # type: ignore[attr-defined]
            said.append(_("%(month)s %(provider)s: an objection waits for its answer") % what)
        if each.closed_at or each.ends > meant.today:
            continue
        sides = actions.missing(each, found[each.pk], each.said)  # type: ignore[attr-defined]
        if sides:
            names = ", ".join(str(side.label) for side in sides)
            said.append(_("%(month)s %(provider)s: not agreed (%(sides)s)") % {**what, "sides": names})
        else:
            said.append(_("%(month)s %(provider)s: agreed, not closed") % what)
    return said


def _table(meant: Meant, months: Sequence[Settlement], found: dict[int, Reckoned]) -> Table:
    columns = [
        middle(_("Month"), 0.8), *meant.whose_column(), number(_("Meals"), 0.8), number(_("Amount"), 1.2),
        number(_("Corrections"), 1), number(_("In all"), 1.2), number(_("Corrected visits"), 0.8),
        middle(_("Provider agreed"), 1.1), middle(_("Office agreed"), 1.1), middle(_("Closed on"), 1.1),
        number(_("Objections"), 0.7),
    ]  # fmt: skip
    rows = [_row(meant, each, found[each.pk]) for each in months]
    sums = [sum(getattr(found[each.pk], name) for each in months) for name in SUMMED]
    meals, amount, corrected, total = sums
    blank: list[Value] = [None] * 5
    whole = [_("In all"), *meant.whose(""), meals, amount, signed(corrected), total, *blank]
    return table(columns, [*rows, whole] if rows else [], totals=1)


def _row(meant: Meant, each: Settlement, found: Reckoned) -> list[Value]:
    agreed = [_agreed(each, side, found) for side in (Side.PROVIDER, Side.OFFICE)]
    objections = len(each.against)  # type: ignore[attr-defined]
    return [
        str(each), *meant.whose(each.provider), found.meals, found.amount, signed(found.corrected), found.total,
        len(found.corrections), *agreed, _day(each.closed_at), objections,
    ]  # fmt: skip


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None


def _agreed(settlement: Settlement, side: Side, found: Reckoned) -> date | None:
    """When a side agreed with what is counted; of a closed month what stood at the close."""
    said: Sequence[Agreement] = settlement.said  # type: ignore[attr-defined]
    mine = [each for each in said if each.side == side and each.withdrawn_at is None]
    if not settlement.closed_at:
        mine = [each for each in mine if each.what == found.fingerprint]
    return _day(mine[-1].at) if mine else None
