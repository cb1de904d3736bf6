"""Somebody may be in danger: the case, its time line, who took the person over, and the services to be restarted.

A case knows nothing of meals or matches: the programme that opens it writes down what is needed to find the person.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.audit.looks import Subject
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Organisation, Person
from dure.people.subjects import Shown, shown_as
from dure.places.models import Area, Place
from dure.sealing.fields import SealedJSON, SealedText


class Tier(models.TextChoices):
    """How soon it gets dangerous when the person can't be reached."""

    RED = "red", _("Red")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")


class Source(models.TextChoices):
    """Who said that the person can't be reached. Silence is no witness."""

    WORKER = "worker", _("Worker")
    DESK = "desk", _("Provider's desk")
    CENTRE = "centre", _("Centre")
    OFFICE = "office", _("Office")
    FAMILY = "family", _("Family")
    NEIGHBOUR = "neighbour", _("Neighbour")
    SILENCE = "silence", _("No report came")


class Finding(models.TextChoices):
    """How it ended."""

    WELL = "well", _("Seen, well")
    HELPED = "helped", _("Seen, helped at home")
    HOSPITAL = "hospital", _("Taken to hospital")
    ELSEWHERE = "elsewhere", _("Safe elsewhere")
    DIED = "died", _("Found dead")
    MISTAKE = "mistake", _("Reported by mistake")


class CaseQuerySet(models.QuerySet["Case"]):
    def seen_by(self, standing: Standing) -> "CaseQuerySet":
        """Those that somebody may see: of the own organisation, of the own dong, or all of the office."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        own = standing.organisations
        centres = Organisation.objects.filter(pk__in=own, kind=Organisation.Kind.CENTRE)
        return mine.filter(Q(organisation__in=own) | Q(area__in=centres.values("area")))


class Case(Subject, Owned):
    """Somebody may be in danger. Open until a person closes it with a finding, after a sighting or an explanation."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20)  # how people name it: 1123-04
    programme = models.CharField(max_length=20)
    subject = models.UUIDField()  # the ref of the person in the programme
    about = models.UUIDField(null=True)  # the ref of what was owed: a visit
    source = models.CharField(max_length=20, choices=Source)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.AMBER)
    drill = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    card = SealedJSON(default=dict)  # the person as known at that moment, for the 119 card
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on_site = models.BooleanField(default=False)  # whoever reported it stands in front of the door

    going_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    danger_at = models.DateTimeField(null=True)
    called_119_at = models.DateTimeField(null=True)
    family_told_at = models.DateTimeField(null=True)
    whereabouts = models.CharField(max_length=200, blank=True)  # where the person is, and who says so

    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    finding = models.CharField(max_length=20, blank=True, choices=Finding)
    finding_note = SealedText(max_length=500, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="case_number_once", fields=["office", "number"]),
            models.UniqueConstraint(
                name="case_one_open_for_a_person", fields=["programme", "subject", "drill"], condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="case_is_closed_by_a_person_with_a_finding",
                condition=Q(closed_at=None, closed_by=None, finding="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & Q(finding__in=Finding.values)),
            ),
            models.CheckConstraint(
                name="case_ends_with_a_sighting_or_an_explanation",
                condition=Q(closed_at=None) | Q(seen_at__isnull=False) | ~Q(whereabouts="") | Q(finding="mistake"),
            ),
            models.CheckConstraint(name="case_tier_known", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(name="case_source_known", condition=Q(source__in=Source.values)),
        ]
        indexes = [models.Index(name="case_open", fields=["office", "opened_at"], condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.number

    def shown_as(self) -> Shown:
        return shown_as(self.__dict__.get("subject"), (self.__dict__.get("card") or {}).get("name"))

    @property
    def page(self) -> str:
        """Where to act on it."""
        return f"/cases/{self.ref}/"

    @property
    def by_silence(self) -> bool:
        """Whether nobody saw anything: it was opened because no report came."""
        return self.source == Source.SILENCE


class Step(models.TextChoices):
    """What is done in a case, in the order of the procedure."""

    OPENED = "opened", _("Can't be reached")
    CALLED = "called", _("Phoned")
    GOING = "going", _("On the way")
    ARRIVED = "arrived", _("At the door")
    DRILL_DONE = "door", _("Checked the door")
    SEEN = "seen", _("Person seen")
    WHEREABOUTS = "whereabouts", _("Whereabouts known")
    DANGER = "danger", _("Found in danger")
    CALLED_119 = "called_119", _("119 called")
    NOT_119 = "not_119", _("Decided: no 119 for now")
    ARRIVED_119 = "arrived_119", _("119 arrived")
    TAKEN_OVER = "taken_over", _("Taken over by the ambulance")
    HOSPITAL = "hospital", _("At the hospital")
    OFFICE_TOLD = "office_told", _("Office knows")
    CENTRE_TOLD = "centre_told", _("Centre knows")
    FAMILY_TOLD = "family_told", _("Family told")
    FAMILY_TOOK_OVER = "family_took_over", _("Family took over")
    SERVICES_TOLD = "services_told", _("Other services told")
    DIED = "died", _("Died")
    OTHER_REPORT = "other_report", _("Another report says otherwise")
    NOTE = "note", _("Note")
    CLOSED = "closed", _("Closed")


class Entry(Owned):
    """One line of a case's time line: what was done or seen, by whom, when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    step = models.CharField(max_length=20, choices=Step)
    at = models.DateTimeField()
    written_at = models.DateTimeField()  # later than `at` when it was entered afterwards
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    who = models.CharField(max_length=100, blank=True)  # somebody without an account: a neighbour, a doctor
    values = models.JSONField(default=dict)
    note = SealedText(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(name="case_step_known", condition=Q(step__in=Step.values))]


class Transfer(Owned):
    """The person was handed over: to the ambulance, the hospital, the family; who, to whom, when."""

    class To(models.TextChoices):
        AMBULANCE = "ambulance", _("Ambulance")
        HOSPITAL = "hospital", _("Hospital")
        FAMILY = "family", _("Family")

    case = models.ForeignKey(Case, models.PROTECT, related_name="transfers")
    to = models.CharField(max_length=20, choices=To)
    name = models.CharField(max_length=100)  # the hospital, the crew, the daughter
    identity_checked = models.CharField(max_length=100, blank=True)  # how we know who it is
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transfer_to_family_checks_identity", condition=~Q(to="family") | ~Q(identity_checked="")
            ),
            models.CheckConstraint(name="transfer_to_known", condition=Q(to__in=["ambulance", "hospital", "family"])),
        ]


class Referral(Owned):
    """An interrupted service is referred to its agency, answered by a date, and its restart is checked."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.CharField(max_length=20)
    subject = models.UUIDField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="referrals")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # the provider of ours
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    agency = models.CharField(max_length=100)
    service = models.CharField(max_length=100)
    stopped_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)  # who of the agency
    answer = models.CharField(max_length=20, blank=True, choices=Answer)
    reason = models.CharField(max_length=300, blank=True)
    check_on = models.DateField(null=True)  # when to check that it really restarted
    restarted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_answered_by_somebody",
                condition=Q(answered_at=None, answer="")
                | (Q(answered_at__isnull=False) & Q(answer__in=["accepted", "refused"]) & ~Q(answered_by="")),
            ),
            models.CheckConstraint(name="referral_refused_says_why", condition=~Q(answer="refused") | ~Q(reason="")),
        ]
