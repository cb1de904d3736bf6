"""Changes of provider in these days: who ended, how many recipients went and came, whether data was handed back."""

from collections import Counter
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from dure.care.changes.models import Change
from dure.care.inspections.meant import Meant, Part, middle, number, table
from dure.care.models import Move
from dure.offices.acting import acting
from dure.sheets.paper import Column, Table
from dure.sheets.tables import Value

Key = tuple[date, int]  # a day and a provider


def part(meant: Meant) -> Part:
    """Each day on which recipients of one of the providers changed to or from it, and each provider that ended."""
    left, came = _moved(meant)
    changes = _changes(meant)
    title = _("Changes of provider")
    says = _("By planned changes %(left)s recipients went to another provider or ended, %(came)s came") % {
        "left": left.total(), "came": came.total(),
    }  # fmt: skip
    return Part(
        "changes", title, says, _lacks(meant, changes), (), [_table(meant, left, came, changes)],
        "care:changes:index" if meant.standing.organisations is None else "",
    )  # fmt: skip


def _moved(meant: Meant) -> tuple[Counter[Key], Counter[Key]]:
    """How many recipients left and came, by day and provider. What was decided and isn't done counts nowhere."""
    with acting(meant.standing.office):
        done = Move.objects.filter(
            Q(was__in=meant.keys) | Q(provider__in=meant.keys), office=meant.standing.office, done_at__isnull=False,
            day__range=(meant.asked.first, meant.last),
        )  # fmt: skip
        rows = list(done.order_by().values_list("day", "was", "provider").annotate(n=Count("pk")))
    left, came = Counter[Key](), Counter[Key]()
    for day, was, provider, n in rows:
        left[day, was] += n if was in meant.keys else 0
        if provider in meant.keys:
            came[day, provider] += n
    return +left, +came


def _changes(meant: Meant) -> dict[Key, Change]:
    """Plans that were confirmed, for whoever may see them."""
    mine = Change.objects.seen_by(meant.standing).filter(confirmed_at__isnull=False, provider__in=meant.keys)
    mine = mine.filter(day__range=(meant.asked.first, meant.last)).select_related("provider", "certificate")
    return {(each.day, each.provider_id): each for each in mine.annotate(things=Count("handed_back"))}


def _destroyed(change: Change) -> date | None:
    return change.certificate.day if hasattr(change, "certificate") else None


def _lacks(meant: Meant, changes: dict[Key, Change]) -> list[str]:
    said = []
    for change in changes.values():
        what = {"provider": change.provider, "day": change.day}
        if change.ends and _destroyed(change) is None:
            said.append(_("%(provider)s ended on %(day)s: no certificate of destruction") % what)
        if change.done_at is None:
            said.append(_("%(provider)s, %(day)s: not everybody has gone where they were to go") % what)
    return said


def _table(meant: Meant, left: Counter[Key], came: Counter[Key], changes: dict[Key, Change]) -> Table:
    names = {each.pk: str(each) for each in meant.providers}
    columns = [
        middle(_("Day"), 1.2), *meant.whose_column(), Column(_("What changed"), 1.6),
        number(_("Recipients who left"), 1), number(_("Recipients who came"), 1),
        middle(_("Certificate of destruction"), 1.2),
    ]  # fmt: skip
    rows: list[list[Value]] = []
    for day, provider in sorted({*left, *came, *changes}):
        key = (day, provider)
        change = changes.get(key)
        what = _("The provider ended") if change and change.ends else _("Recipients moved")
        rows.append([
            day, *meant.whose(names[provider]), what, left[key], came[key], _destroyed(change) if change else None
        ])  # fmt: skip
    return table(columns, rows)
