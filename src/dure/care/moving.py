"""As of a day another provider serves somebody: the row that says so, kept with care's other rows."""

from django.db import models
from django.db.models import F, Q

from dure.offices.models import Owned
from dure.people.models import Organisation, Person

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
            models.CheckConstraint(name="move_ends_one_way", condition=Q(done_at=None) | Q(taken_back_at=None)),
        ]
