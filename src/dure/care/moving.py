"""As of a day another provider serves somebody: the row that says so, kept with care's other rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Owned
from dure.people.models import Organisation, Person


class Ended(models.TextChoices):
    """How meals ended for good: it decides whether somebody is looked for there afterwards."""

    DIED = "died", _("Died")
    MOVED = "moved", _("Moved away")
    INSTITUTION = "institution", _("Lives in a home or hospital now")
    DECLINED = "declined", _("Doesn't want it any more")
    NOT_ENTITLED = "not_entitled", _("Not entitled any more")
    OTHER = "other", _("Other reason")


NOT_THERE = (Ended.DIED, Ended.MOVED, Ended.INSTITUTION)  # nobody calls at their door any more
WAITING = Q(done_at=None, taken_back_at=None)  # decided, and not carried out


class Move(Owned):
    """As of a day another provider serves a recipient, or nobody does. It waits until it is done or taken back.

    Visits of that day on are opened for the new one beforehand, as long as the recipient is with who they are to leave.
    """

    recipient = models.ForeignKey("care.Recipient", models.PROTECT, related_name="moves")
    day = models.DateField()
    was = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # none: meals end
    route = models.ForeignKey("care.Route", models.PROTECT, null=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=100, blank=True)  # why meals end
    how = models.CharField(max_length=20, blank=True, choices=Ended, default="", db_default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="move_one_waits", fields=["recipient"], condition=WAITING),
            models.CheckConstraint(
                name="move_goes_somewhere_or_says_why",
                condition=Q(provider__isnull=False, why="") | (Q(provider=None, route=None) & ~Q(why="")),
            ),
            models.CheckConstraint(name="move_is_to_another", condition=Q(provider=None) | ~Q(provider=F("was"))),
            models.CheckConstraint(
                name="move_says_how_only_where_meals_end",
                condition=Q(how="") | Q(how__in=Ended.values, provider=None),
            ),
            models.CheckConstraint(name="move_ends_one_way", condition=Q(done_at=None) | Q(taken_back_at=None)),
        ]
