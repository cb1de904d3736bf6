"""What many visits cost at once: the scheme and the price that hold on the day of each, as a settlement counts them.

A settlement reckons visit by visit; here visits that must come out alike are added up first, and then reckoned by the
same `sums.entry`. So the two agree to the won, also when a price or a recipient's scheme changes in the midst of it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from dure.care.models import VisitQuerySet
from dure.care.money import sums
from dure.care.money.counting import Prices, way
from dure.care.money.models import Belonging
from dure.care.money.sums import Entry, Meal

READ = ("recipient_id", "day", "way", "meals")
BY_SCHEME = "scheme_then"
_ADDED = """
WITH held AS (
    SELECT recipient_id, scheme_id, since, lead(since) OVER (PARTITION BY recipient_id ORDER BY since, id) AS until
      FROM money_belonging
)
SELECT {line}, held.scheme_id, v.way, width_bucket(v.day, %s::date[]), sum(v.meals)
  FROM ({visits}) AS v (recipient, day, way, meals, line)
  LEFT JOIN held ON held.recipient_id = v.recipient AND held.since <= v.day
   AND (held.until IS NULL OR v.day < held.until)
 WHERE v.way <> '' GROUP BY 1, 2, 3, 4
"""


def scheme_then(recipient: str = "recipient", row: str = "recipient") -> Subquery:
    """The scheme to which the row's recipient belonged on the row's `day`; NULL when to none.

    `recipient` is what of a belonging names them, and `row` what of the row.
    """
    known = Belonging.objects.filter(**{recipient: OuterRef(row)}, since__lte=OuterRef("day")).order_by("-since", "-pk")
    return Subquery(known.values("scheme")[:1])


def added(visits: VisitQuerySet, line: str | None, prices: Prices) -> Iterator[tuple[Any, Entry]]:
    """What these visits come to, with the line on which each part stands: a way to it from a visit, or the scheme
    of that day. One query.

    An entry stands here for all visits of one scheme, price and way: of its meals, and of what was brought, the sum.
    """
    turns = sorted({each.since for said in prices.of.values() for each in said} - {date.min})
    wanted = [*READ, line if line and line != BY_SCHEME else "pk"]
    inner, values = visits.order_by().annotate(way=way()).values_list(*wanted).query.sql_with_params()
    key = "held.scheme_id" if line == BY_SCHEME else "v.line" if line else "NULL"
    query = _ADDED.format(line=key, visits=inner)
    with connection.cursor() as cursor:
        cursor.execute(query, [turns, *values])
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    for key, scheme, how, turn, brought in rows:
        day = turns[turn - 1] if turn else date.min
        yield key, sums.entry(Meal(0, 0, day, how, brought), [sums.Belonging(date.min, scheme)], prices.of)


def paid(prices: Prices) -> Q:
    """Which visits count, said of visits with their `way` and the scheme of their day (`scheme_then`)."""
    found = Q(pk__in=[])
    for scheme, said in prices.of.items():
        for each, after in zip(said, [*said[1:], None], strict=True):
            days = Q(day__gte=each.since) & (Q(day__lt=after.since) if after else Q())
            found |= Q(scheme_then=scheme, way__in=sorted(each.pays)) & days
    return found
