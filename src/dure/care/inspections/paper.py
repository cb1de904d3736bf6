"""An inspection on paper: at the front what there is and what is missing, then each part with all its rows."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dure import clock
from dure.care.inspections.meant import Meant, Part
from dure.people.models import Person
from dure.sheets import paper
from dure.sheets.paper import Column, Line, Pairs, Paper, Point
from dure.sheets.tables import Value

FEW = 3  # of what is missing in a part, on the front page


def to_print(meant: Meant, parts: Sequence[Part], reason: str, by: Person) -> Paper:
    """Everything, without recipients."""
    said: list[paper.Part] = [*_front(meant, parts, reason, by)]
    for each in parts:
        said += _part(each)
    foot = _("Without recipients' names. With names of staff: for the inspection only.")
    return Paper(
        _("Papers for an inspection"), by.office.name, clock.local(meant.now).replace(tzinfo=None), said,
        subtitle=f"{whose(meant)} · {days(meant)}", foot=foot, landscape=True,
    )  # fmt: skip


def whose(meant: Meant) -> str:
    """Which providers, in a few words."""
    return str(meant.providers[0]) if len(meant.providers) == 1 else _("all providers")


def days(meant: Meant) -> str:
    """The days, from the first to the last."""
    return f"{meant.asked.first} ~ {meant.asked.last}"


def _front(meant: Meant, parts: Sequence[Part], reason: str, by: Person) -> list[paper.Part]:
    about: list[tuple[str, Value]] = [
        (_("Provider"), ", ".join(map(str, meant.providers))), (_("Inspected days"), days(meant)),
        (_("Made by"), f"{by.post} {by.name}".strip()), (_("Purpose"), reason),
    ]  # fmt: skip
    if meant.asked.last >= meant.today:
        about.append((_("Remark"), _("These days aren't over yet")))
    columns = [
        Column(_("Part"), 1.6), Column(_("What there is"), 3), Column(_("Missing or lapsed"), 4),
    ]  # fmt: skip
    rows: list[list[Value]] = [[each.title, each.says, _lacking(each)] for each in parts]
    return [Pairs(about), Point(1, _("At a glance")), paper.Table(columns, rows)]


def _lacking(part: Part) -> str:
    if not part.kept:
        return _("not recorded in Dure")
    more = len(part.lacks) - FEW
    said = [*part.lacks[:FEW], *([_("%(n)s more, see there") % {"n": more}] if more > 0 else [])]
    return "\n".join(f"- {each}" for each in said) or _("nothing found")


def _part(part: Part) -> list[paper.Part]:
    said: list[paper.Part] = [Point(1, part.title), Point(2, part.says)]
    said += [Point(3, each) for each in part.lacks]
    return [*said, *part.tables, *(Line(each, small=True) for each in part.notes)]
