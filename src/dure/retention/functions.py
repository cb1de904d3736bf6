"""What the boxes declare, as functions of the data base. Its owner makes them anew whenever it is migrated.

Only these may delete or empty what is kept: app and engine have no such right of their own. They decide by the data
base's own clock, by the rules in its own table, within the run that it began itself.

dure_due_KEY(office, day)        the rows of one purpose that are to go by a day (owner only)
dure_retention_counts(day)       how many of each purpose are due by now and by a day, and since when
dure_retention_due(key, most)    the oldest of one purpose, for the page
dure_begin_run()                 count what is due; ask a person if it is the first run, too much, or time has jumped
dure_let_go(run, key, most)      let go of so many, never more than the run found
dure_end_run(run)                nothing is left of it
dure_let_go_again(key, office, ids)  after a restore: what had been let go since the copy was made (owner only)
"""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dure.offices.retention import GONE, Purpose, declared, purposes

RECORD = "record"
CALM = "interval '3 days'"  # runs are this far apart at most, or a person is asked


def script() -> str:
    """All of it, as one script. Safe to run again."""
    every = purposes()
    parts = [
        BASICS, _true_of("dure_at_issue", [s for box in declared() for s in box.at_issue], HELD),
        _true_of("dure_owed", [s for box in declared() for s in box.owed]),
        *(_due(each) for each in every), _counts(every), _listed(every), _forget(every),
        BEGIN.format(calm=CALM, many=_many(every)), LET_GO.format(calm=CALM), RIGHTS,
    ]  # fmt: skip
    return "\n".join(parts)


def name_of(purpose: Purpose) -> str:
    """How its function is called."""
    return f"dure_due_{purpose.key.replace('-', '_')}"


def emptied(purpose: Purpose) -> dict[str, str]:
    """The columns that are emptied, and in SQL what stands there afterwards."""
    columns = _columns(purpose.table)
    return {name: _empty(columns[name], name) for name in purpose.empties} | dict(purpose.to)


def _columns(table: str) -> dict[str, Any]:
    [model] = [each for each in apps.get_models() if each._meta.db_table == table]
    return {column: f for f in model._meta.concrete_fields if (column := f.column)}


def _empty(field: Any, name: str) -> str:
    """What is left of a column: NULL where it may be, else the word that says that something was there."""
    if field.null:
        return "NULL"
    if isinstance(field, models.JSONField | ArrayField):
        return "'[]'::jsonb" if field.default is list else "'{}'::jsonb"
    if isinstance(field, models.CharField | models.TextField):
        return f"CASE WHEN t.\"{name}\" = '' THEN '' ELSE '{GONE}' END"
    raise TypeError(f"nothing says how {field} is emptied: name it in `to`")


def _due(purpose: Purpose) -> str:
    columns = emptied(purpose)
    left = " OR ".join(f't."{name}" IS DISTINCT FROM ({becomes})' for name, becomes in columns.items()) or "true"
    period = purpose.period
    source = f"{purpose.table} t {purpose.join}"
    until = f"(({purpose.since})::timestamp + dure_period(of_office, '{period.rule}', {period.count}, '{period.unit}'))"
    owed = " AND NOT dure_owed(x.refs)" if purpose.of_a_person else ""
    return f"""
CREATE OR REPLACE FUNCTION {name_of(purpose)}(of_office bigint, by_day date)
RETURNS TABLE (id bigint, until date, refs uuid[]) LANGUAGE sql STABLE AS $$
    SELECT x.id, x.until, x.refs FROM (
        SELECT t.id, {until}::date AS until, {purpose.refs} AS refs FROM {source}
        WHERE {purpose.office} = of_office AND ({purpose.where}) AND ({left})
        OFFSET 0
    ) x WHERE x.until <= by_day AND NOT dure_at_issue(x.refs){owed}
$$;"""


def _true_of(name: str, conditions: list[str], also: str = "") -> str:
    said = " OR ".join(f"({each})" for each in [*conditions, also] if each)
    return f"""
CREATE OR REPLACE FUNCTION {name}(refs uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT refs <> '{{}}' AND ({said})
$$;"""


def _counts(every: list[Purpose]) -> str:
    one = (
        "SELECT '{key}', count(*) FILTER (WHERE d.until <= today), count(*),"
        " min(d.until) FILTER (WHERE d.until > '-infinity') FROM {due}(dure_office(), by_day) d"
    )
    said = "\n    UNION ALL ".join(one.format(key=each.key, due=name_of(each)) for each in every)
    return f"""
CREATE OR REPLACE FUNCTION dure_retention_counts(by_day date)
RETURNS TABLE (key text, due bigint, soon bigint, oldest date) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE today date := dure_now()::date;
BEGIN
    IF dure_office() IS NULL OR NOT dure_everywhere() THEN RETURN; END IF;
    RETURN QUERY {said};
END $$;"""


def _listed(every: list[Purpose]) -> str:
    arms = "\n".join(f"    WHEN '{e.key}' THEN RETURN QUERY SELECT * FROM {name_of(e)}(dure_office(), by_day) d"
                     " ORDER BY d.until, d.id LIMIT most;" for e in every)  # fmt: skip
    return f"""
CREATE OR REPLACE FUNCTION dure_retention_due(purpose text, by_day date, most integer)
RETURNS TABLE (id bigint, until date, refs uuid[]) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF dure_office() IS NULL OR NOT dure_everywhere() THEN RETURN; END IF;
    CASE purpose
{arms}
    END CASE;
END $$;"""


def _forget(every: list[Purpose]) -> str:
    arms = []
    for each in every:
        if each.key == RECORD:
            continue
        within = f"t.id = ANY (ids) AND {each.office} = of_office"
        if each.deletes:
            does = f"DELETE FROM {each.table} t WHERE {within};"
        else:
            sets = ", ".join(f'"{column}" = {becomes}' for column, becomes in emptied(each).items())
            does = f"UPDATE {each.table} t SET {sets} WHERE {within};"
        arms.append(f"    WHEN '{each.key}' THEN of_table := '{each.table}'; {does}")
    lines = "\n".join(arms)
    return f"""
CREATE OR REPLACE FUNCTION dure_forget(purpose text, of_office bigint, ids bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n integer; of_table text;
BEGIN
    PERFORM set_config('dure.letting_go', 'yes', true);
    CASE purpose
    WHEN '{RECORD}' THEN DELETE FROM audit_entry t WHERE t.seal_id = ANY (ids);
{lines}
    END CASE;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('dure.letting_go', '', true);
    -- the values before and after go with it, and so does what was written of this going
    IF EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = to_regclass(of_table) AND g.tgname = 'values_update') THEN
        PERFORM set_config('dure.office', of_office::text, true);
        PERFORM dure_forget_rows(of_table, ids);
    END IF;
    RETURN n;
END $$;"""


def _many(every: list[Purpose]) -> str:
    return ", ".join(f"('{each.key}', {each.many})" for each in every)


HELD = "EXISTS (SELECT FROM retention_hold h WHERE h.about = ANY (refs) AND h.ended_at IS NULL)"
BASICS = """
CREATE OR REPLACE FUNCTION dure_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT coalesce((SELECT c.at FROM dure_clock c LIMIT 1), clock_timestamp()) $$;
CREATE OR REPLACE FUNCTION dure_period(of_office bigint, rule text, standard integer, unit text) RETURNS interval
LANGUAGE sql STABLE AS $$
    SELECT CASE x.unit WHEN 'months' THEN make_interval(months => x.value::int)
           ELSE make_interval(days => x.value::int) END
    FROM (
        SELECT r.value, r.unit FROM (
            SELECT r.value, r.unit, r.since <= dure_now()::date AS holds, r.since FROM rules_rule r
            WHERE r.office_id = of_office AND r.name = rule
        ) r ORDER BY r.holds DESC, CASE WHEN r.holds THEN r.since END DESC, r.since LIMIT 1
    ) x
    UNION ALL
    SELECT CASE unit WHEN 'months' THEN make_interval(months => standard) ELSE make_interval(days => standard) END
    LIMIT 1
$$;
"""
# Asked of a person: the first run of an office, a run that finds much more than usual, one after a gap of days.
BEGIN = """
CREATE OR REPLACE FUNCTION dure_may_or_waits(run retention_run) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN run.asked = '' THEN dure_now() BETWEEN run.began_at AND run.began_at + {calm}
           WHEN run.confirmed_at IS NULL THEN true
           ELSE dure_now() BETWEEN run.confirmed_at AND run.confirmed_at + {calm} END
$$;
CREATE OR REPLACE FUNCTION dure_begin_run() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint := dure_office(); counted jsonb; why text; last timestamptz; run bigint;
BEGIN
    IF mine IS NULL THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('retention'), mine::int);
    UPDATE retention_run r SET ended_at = dure_now()  -- what was broken off days ago is counted anew
        WHERE r.office_id = mine AND r.ended_at IS NULL AND NOT dure_may_or_waits(r);
    SELECT r.id INTO run FROM retention_run r WHERE r.office_id = mine AND r.ended_at IS NULL;
    IF FOUND THEN RETURN run; END IF;
    SELECT coalesce(jsonb_object_agg(c.key, c.due), '{{}}') INTO counted
        FROM dure_retention_counts(dure_now()::date) c WHERE c.due > 0;
    SELECT max(r.began_at) INTO last FROM retention_run r
        WHERE r.office_id = mine AND r.stopped_by_id IS NULL AND (r.asked = '' OR r.confirmed_at IS NOT NULL);
    why := CASE
        WHEN counted = '{{}}' AND last IS NULL THEN ''
        WHEN last IS NULL THEN 'first'
        WHEN dure_now() - last > {calm} OR dure_now() < last THEN CASE WHEN counted = '{{}}' THEN '' ELSE 'gap' END
        WHEN EXISTS (SELECT FROM jsonb_each_text(counted) c JOIN (VALUES {many}) m (key, many) ON m.key = c.key
                     WHERE c.value::bigint > m.many) THEN 'many'
        ELSE '' END;
    INSERT INTO retention_run (office_id, began_at, found, asked) VALUES (mine, dure_now(), counted, why)
        RETURNING id INTO run;
    RETURN run;
END $$;
"""
LET_GO = """
CREATE OR REPLACE FUNCTION dure_let_go(run bigint, purpose text, most integer) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine retention_run; left_over integer; ids bigint[]; n integer;
BEGIN
    SELECT * INTO mine FROM retention_run r WHERE r.id = run AND r.office_id = dure_office() AND r.ended_at IS NULL
        FOR NO KEY UPDATE;
    IF mine.id IS NULL OR NOT dure_may_or_waits(mine) OR (mine.asked <> '' AND mine.confirmed_at IS NULL) THEN
        RAISE EXCEPTION 'nothing is let go without a run that may: %', run
            USING ERRCODE = 'check_violation', CONSTRAINT = 'let_go_by_a_run_that_may';
    END IF;
    left_over := coalesce((mine.found ->> purpose)::int, 0) - coalesce((mine.gone ->> purpose)::int, 0);
    IF purpose = 'record' THEN
        ids := CASE WHEN left_over > 0 THEN dure_seals_due(most) END;
    ELSE
        SELECT array_agg(d.id) INTO ids
            FROM dure_retention_due(purpose, dure_now()::date, greatest(least(most, left_over), 0)) d;
    END IF;
    IF ids IS NULL THEN RETURN '{{}}'; END IF;
    n := dure_forget(purpose, mine.office_id, ids);
    UPDATE retention_run r SET gone = r.gone || jsonb_build_object(purpose, coalesce((r.gone ->> purpose)::int, 0) + n)
        WHERE r.id = run;
    IF purpose = 'record' THEN
        INSERT INTO audit_entry (office_id, at, did, about, why) SELECT 0, dure_now(), 'let go',
            'seal ' || s.id, sum_of.lines || ' ' || s.sha256
        FROM audit_seal s, (SELECT sum(x.lines) AS lines FROM audit_seal x WHERE x.id = ANY (ids)) sum_of
        WHERE s.id = ids[array_upper(ids, 1)];
    END IF;
    RETURN ids;
END $$;
CREATE OR REPLACE FUNCTION dure_end_run(run bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE retention_run r SET ended_at = dure_now()
    WHERE r.id = run AND r.office_id = dure_office() AND r.ended_at IS NULL
$$;
-- The record goes by whole seals from its oldest on: when every line of it is older than any office keeps, and never
-- one of the last two years by the machine's own clock either.
CREATE OR REPLACE FUNCTION dure_seals_due(most integer) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE found bigint[] := '{{}}'; each record; n bigint := 0; before timestamptz;
BEGIN
    SELECT least(min(dure_now() - greatest(dure_period(o.id, 'keep-record', 24, 'months'), interval '2 years')),
                 clock_timestamp() - interval '2 years') INTO before FROM offices_office o;
    FOR each IN SELECT s.id, count(e.id) AS lines, max(e.at) AS newest, array_agg(e.id) AS ids
            FROM audit_seal s JOIN audit_entry e ON e.seal_id = s.id
            WHERE s.id IN (SELECT y.id FROM audit_seal y WHERE EXISTS (SELECT FROM audit_entry x WHERE x.seal_id = y.id)
                           ORDER BY y.id LIMIT 500) GROUP BY s.id ORDER BY s.id LOOP
        EXIT WHEN each.newest >= before OR (n > 0 AND n + each.lines > most) OR EXISTS (
            SELECT FROM audit_entry e JOIN retention_hold h ON h.about = ANY (e.whose) AND h.ended_at IS NULL
            WHERE e.seal_id = each.id);
        found := found || each.id; n := n + each.lines;
    END LOOP;
    RETURN nullif(found, '{{}}');
END $$;
CREATE OR REPLACE FUNCTION dure_let_go_again(purpose text, of_office bigint, ids bigint[]) RETURNS integer
LANGUAGE sql SET search_path = public, pg_temp AS $$ SELECT dure_forget(purpose, of_office, ids) $$;
"""
RIGHTS = """
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND (p.proname LIKE 'dure\\_due\\_%' OR p.proname IN ('dure_forget',
            'dure_let_go_again', 'dure_begin_run', 'dure_let_go', 'dure_end_run', 'dure_seals_due', 'dure_at_issue',
            'dure_owed', 'dure_retention_counts', 'dure_retention_due')) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION dure_retention_counts(date), dure_retention_due(text, date, integer) TO dure_app, dure_engine;
GRANT EXECUTE ON FUNCTION dure_begin_run(), dure_let_go(bigint, text, integer), dure_end_run(bigint) TO dure_engine;
"""
