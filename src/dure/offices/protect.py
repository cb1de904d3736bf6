"""Migration operations that put a table under row-level security, with the rights that each role has on it.

Three database roles: the owner migrates and is not held by the policies; `dure_app` (web) sees one office at a
time; `dure_engine` (watch, sender, jobs) sees the kernel's tables of all offices, and one office of the others.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL

APP, ENGINE = "dure_app", "dure_engine"

FUNCTIONS = """
CREATE FUNCTION dure_office() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('dure.office', true), '')::bigint $$;
CREATE FUNCTION dure_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('dure.person', true), '')::bigint $$;
CREATE FUNCTION dure_key() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('dure.key', true), '') $$;
CREATE FUNCTION dure_everywhere() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('dure.organisations', true), '') = '*' $$;
CREATE FUNCTION dure_organisations() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN coalesce(current_setting('dure.organisations', true), '') IN ('', '*') THEN '{}'::bigint[]
       ELSE string_to_array(current_setting('dure.organisations', true), ',')::bigint[] END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION dure_organisations(); DROP FUNCTION dure_everywhere(); DROP FUNCTION dure_key();
DROP FUNCTION dure_person(); DROP FUNCTION dure_office();
"""

# Sealing a value anew changes nothing that a person could read. Only a function of the owner's can do it so.
UNLESS_SEALED_ANEW = "WHEN (current_setting('dure.sealing_anew', true) IS DISTINCT FROM 'on' OR NOT dure_is_owner())"


class Protect(RunSQL):
    """One table under row-level security.

    `kernel`: the engine sees the rows of all offices. `sees`: a further SQL condition that holds for the app and
    the engine alike (which organisations may see the row). `also`: a condition that opens a row for reading before
    the office is known (signing in, a phone's key). `rights`: what app and engine may do; never DELETE without need.
    """

    def __init__(
        self,
        table: str,
        *,
        kernel: bool = False,
        sees: str = "true",
        also: str = "false",
        office: str = "office_id",
        app: str = "SELECT, INSERT, UPDATE",
        engine: str = "SELECT, INSERT, UPDATE",
    ) -> None:
        mine = f"({office} = (SELECT dure_office()) AND ({sees}))"
        lines: list[Any] = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY office ON {table} TO {APP} USING ({mine}) WITH CHECK ({mine})",
            f"CREATE POLICY engine ON {table} TO {ENGINE} USING ({'true' if kernel else mine})"
            f" WITH CHECK ({'true' if kernel else mine})",
            f"GRANT {app} ON {table} TO {APP}",
            f"GRANT {engine} ON {table} TO {ENGINE}",
        ]
        if also != "false":
            lines.append(f"CREATE POLICY known ON {table} FOR SELECT TO {APP} USING ({also})")
        undo: list[Any] = [
            f"REVOKE ALL ON {table} FROM {APP}, {ENGINE}",
            f"DROP POLICY IF EXISTS known ON {table}",
            f"DROP POLICY engine ON {table}",
            f"DROP POLICY office ON {table}",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
        super().__init__(lines, undo)


class Share(RunSQL):
    """A table of Django or of a library that has no office: plain rights, no policy."""

    def __init__(self, table: str, *, app: str = "SELECT", engine: str = "SELECT") -> None:
        super().__init__(
            [f"GRANT {app} ON {table} TO {APP}", f"GRANT {engine} ON {table} TO {ENGINE}"],
            [f"REVOKE ALL ON {table} FROM {APP}, {ENGINE}"],
        )


class Kept(RunSQL):
    """A table whose values before and after are kept, by three triggers on whole statements (`audit_keep`).

    `leave_out`: columns that are never kept: secrets, digests, bytes. Needs the migrations of `audit`.
    """

    def __init__(self, table: str, *, leave_out: Sequence[str] = ()) -> None:
        left = ", ".join(f"'{column}'" for column in leave_out)
        seen = {
            "INSERT": "NEW TABLE AS new_rows",
            "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            "DELETE": "OLD TABLE AS old_rows",
        }
        lines: list[Any] = [
            f"CREATE TRIGGER values_{what.lower()} AFTER {what} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT {UNLESS_SEALED_ANEW if what == 'UPDATE' else ''} EXECUTE FUNCTION audit_keep({left})"
            for what, rows in seen.items()
        ]
        super().__init__(lines, [f"DROP TRIGGER values_{what.lower()} ON {table}" for what in seen])
