"""The functions of the data base are made anew, by its owner, whenever it is migrated."""

from django.db import connection, transaction

from dure.retention.functions import script


@transaction.atomic
def install() -> None:
    """As the boxes declare it now. Whoever runs it owns the functions, and so has to own the tables."""
    with connection.cursor() as cursor:
        cursor.execute(script())
