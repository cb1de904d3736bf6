from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from dure.retention.install import install
from dure.retention.models import Hold


class Command(migrate.Command):
    """As Django's own; afterwards what lets go of personal data is made anew, as the boxes declare it."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"] and _is_there():
            install()


def _is_there() -> bool:
    """Whether the tables that it is about are there: not when somebody has migrated back."""
    with connection.cursor() as cursor:
        return Hold._meta.db_table in connection.introspection.table_names(cursor)
