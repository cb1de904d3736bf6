import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("care", "0012_move"),
        ("duty", "0008_exercise"),
        ("offices", "0002_protect"),
        ("people", "0007_hours"),
        ("places", "0002_protect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grievance", "Grievance"),
                            ("suggestion", "Suggestion"),
                            ("question", "Question (procedure)"),
                            ("law", "Question (law)"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "By phone"),
                            ("visit", "By a visit"),
                            ("letter", "By letter"),
                            ("council", "Through the council"),
                            ("web", "Online"),
                        ],
                        max_length=20,
                    ),
                ),
                ("received_on", models.DateField()),
                ("name", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("named_to_provider", models.BooleanField(default=False)),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField(max_length=5000)),
                ("answer_by", models.DateField()),
                ("entered_at", models.DateTimeField()),
                ("first_answer_by", models.DateField(null=True)),
                ("extended_at", models.DateTimeField(null=True)),
                ("extended_why", models.CharField(blank=True, max_length=200)),
                ("answer", models.TextField(blank=True, max_length=5000)),
                (
                    "told_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "By phone"),
                            ("visit", "By a visit"),
                            ("letter", "By letter"),
                            ("council", "Through the council"),
                            ("web", "Online"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                ("passed_to", models.CharField(blank=True, max_length=100)),
                ("passed_why", models.CharField(blank=True, max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "duty",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="duty.duty"),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "extended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="complaints.complaint",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.office"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="care.recipient",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("due_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("text", models.TextField(blank=True, max_length=5000)),
                ("stated_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="complaints.complaint",
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "duty",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="duty.duty"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.office"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(fields=["office", "-received_on"], name="complaint_of"),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.UniqueConstraint(fields=("office", "number"), name="complaint_number_once"),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["grievance", "suggestion", "question", "law", "other"])),
                name="complaint_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["phone", "visit", "letter", "council", "web"])),
                name="complaint_way_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("told_how__in", ["", "phone", "visit", "letter", "council", "web"])),
                name="complaint_told_how_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer_by__gte", models.F("received_on"))),
                name="complaint_answered_not_before_it_came",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("extended_at", None), ("extended_by", None), ("extended_why", ""), ("first_answer_by", None)
                    ),
                    models.Q(
                        ("answer_by__gt", models.F("first_answer_by")),
                        ("extended_at__isnull", False),
                        ("extended_by__isnull", False),
                        models.Q(("extended_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="complaint_extended_once_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("answered_on", None), ("ended_at", None), ("ended_by", None), ("passed_to", "")
                    ),
                    models.Q(
                        ("answered_on__isnull", False),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("passed_to", ""),
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("told_how", ""), _negated=True),
                    ),
                    models.Q(
                        ("answer", ""),
                        ("answered_on", None),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("passed_to", ""), _negated=True),
                        models.Q(("passed_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="complaint_ends_answered_or_passed_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), ("named_to_provider", False), _connector="OR"
                ),
                name="complaint_of_nobody_names_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(fields=("complaint", "organisation"), name="statement_once"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stated_at", None), ("stated_by", None), ("text", "")),
                    models.Q(
                        ("stated_at__isnull", False),
                        ("stated_by__isnull", False),
                        models.Q(("text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="statement_is_somebodys",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at", None), ("dropped_by", None)),
                    models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False), ("stated_at", None)),
                    _connector="OR",
                ),
                name="statement_dropped_by_somebody",
            ),
        ),
    ]
