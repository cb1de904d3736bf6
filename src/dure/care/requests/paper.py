"""Everything that is held of one recipient as a paper."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from dure.care.requests.held import LEFT_OUT, Part
from dure.care.requests.models import Request
from dure.sheets import paper as p


def paper(asked: Request, parts: Sequence[Part], office: str, now: datetime) -> p.Paper:
    """A table for each kind; a part with one row as pairs. What was left out by rule stands at the end."""
    made: list[p.Part] = []
    for part in parts:
        made.append(p.Point(1, part.title))
        if len(part.rows) == 1 and len(part.columns) > 4:
            made.append(p.Pairs(part.pairs))
        else:
            made.append(p.Table([p.Column(each) for each in part.columns], part.rows))
    made.append(p.Point(1, _("Left out by rule")))
    made += [p.Point(2, str(each)) for each in LEFT_OUT]
    title = _("Personal data held of %(name)s") % {"name": asked.recipient.name}
    foot = _("Handed to who asked for it on %(day)s. Not to be passed on.") % {"day": asked.received_on}
    return p.Paper(title, office, now, made, foot=foot)
