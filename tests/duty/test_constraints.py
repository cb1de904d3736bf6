"""What always holds, attacked past our code: one line for each rule of the database."""

import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from tests.duty import world

BOXES = {"offices", "places", "people", "health", "audit", "outbox", "duty"}
TELLING = "office_id, duty_id, turn, step, person_id, channel, address, at, message_id"
CLAIM = "office_id, duty_id, by_id, next_step, at, until, holds, ended_at, ended"
REPORT = "office_id, key, sha256, kind, version, by_id, gravity, received_at, body, beside, by_paper"
NEW_REPORT = "SELECT office_id, key, sha256, kind, version, by_id, '', received_at, body, false, false FROM duty_report"
CLOSE = "closed_at = %(now)s, look_at = NULL"
RETIRED = "UPDATE people_roster SET retired_at = %(now)s WHERE id = %(roster)s"

ATTACKS = [
    # a month of the record is signed once
    ("review_once_a_month", "INSERT INTO audit_review (office_id, month, by_id, at, remark) SELECT %(office)s,"
                            " '2026-10-01', %(one)s, %(now)s, '' FROM generate_series(1, 2)"),
    # values before and after say what was done, to which rows
    ("change_says_what_was_done", "INSERT INTO audit_change (office_id, at, did, kind, slot, rows, before, after)"
                                  " VALUES (%(office)s, %(now)s, 'x', 'x', 1, '{1}', '{}', '{}')"),
    ("change_is_of_some_row", "INSERT INTO audit_change (office_id, at, did, kind, slot, rows, before, after)"
                              " VALUES (%(office)s, %(now)s, 'changed', 'x', 1, '{}', '{}', '{}')"),
    # an open duty has a next moment, a closed one a person, a moment and an outcome
    ("duty_nobody_is_dropped", "UPDATE duty_duty SET look_at = NULL WHERE id = %(open)s"),
    ("duty_is_closed_by_a_person", "UPDATE duty_duty SET closed_at = %(now)s, closed_by_id = %(one)s,"
                                   " outcome = 'kept' WHERE id = %(open)s"),  # still to be looked at: both
    ("duty_is_closed_by_a_person", f"UPDATE duty_duty SET {CLOSE} WHERE id = %(open)s"),
    ("duty_is_closed_by_a_person", f"UPDATE duty_duty SET {CLOSE}, outcome = 'kept' WHERE id = %(raised)s"),
    ("duty_is_closed_by_a_person", f"UPDATE duty_duty SET {CLOSE}, closed_by_id = %(one)s WHERE id = %(raised)s"),
    ("duty_is_closed_by_a_person", "UPDATE duty_duty SET closed_by_id = %(one)s WHERE id = %(open)s"),
    ("duty_is_closed_by_a_person", "UPDATE duty_duty SET outcome = 'kept' WHERE id = %(open)s"),
    ("duty_outcome_known", f"UPDATE duty_duty SET {CLOSE}, closed_by_id = %(one)s, outcome = 'lost'"
                           " WHERE id = %(open)s"),
    ("duty_looked_at_by_its_time", "UPDATE duty_duty SET look_at = due_at + interval '1 s' WHERE id = %(open)s"),
    ("duty_told_only_when_raised", "UPDATE duty_duty SET turn = 1 WHERE id = %(open)s"),
    ("duty_has_a_ladder", "UPDATE duty_duty SET rungs = '[]' WHERE id = %(open)s"),
    ("duty_moments_are_real", "UPDATE duty_duty SET look_at = '-infinity' WHERE id = %(open)s"),
    ("duty_moments_are_real", "UPDATE duty_duty SET due_at = 'infinity' WHERE id = %(open)s"),
    ("duty_moments_are_real", "UPDATE duty_duty SET look_at = 'infinity' WHERE id = %(raised)s"),
    ("duty_duty_follows_id_key", "UPDATE duty_duty SET follows_id = %(closed)s WHERE id IN (%(open)s, %(raised)s)"),
    # an exercise: one at a time, each takes part once
    ("exercise_one_at_a_time", "INSERT INTO duty_exercise (ref, office_id, what, started_at, started_by_id, ends_at)"
                               " SELECT gen_random_uuid(), office_id, what, started_at, started_by_id, ends_at"
                               " FROM duty_exercise"),
    ("exercise_ends_after_it_begins", "UPDATE duty_exercise SET ends_at = started_at"),
    ("exercise_ended_by_somebody_has_ended", "UPDATE duty_exercise SET ended_by_id = %(one)s"),
    ("participant_once", "INSERT INTO duty_participant (office_id, exercise_id, person_id)"
                         " SELECT office_id, exercise_id, person_id FROM duty_participant"),
    # closed is final
    ("duty_closed_is_final", "UPDATE duty_duty SET note = 'so' WHERE id = %(closed)s"),
    ("duty_closed_is_final", "UPDATE duty_duty SET closed_at = NULL, closed_by_id = NULL, outcome = '',"
                             " look_at = %(now)s WHERE id = %(closed)s"),
    ("duty_closed_is_final", "UPDATE duty_duty SET outcome = 'void' WHERE id = %(closed)s"),
    # the ladder is frozen from raising on
    ("duty_ladder_is_frozen", "UPDATE duty_duty SET rungs = '[{}]' WHERE id = %(raised)s"),
    ("duty_ladder_is_frozen", "UPDATE duty_duty SET raised_at = %(now)s + interval '1 s' WHERE id = %(raised)s"),
    ("duty_ladder_is_frozen", "UPDATE duty_duty SET raised_at = NULL, turn = 0 WHERE id = %(raised)s"),
    ("duty_ladder_is_frozen", "UPDATE duty_duty SET ladder_id = ladder_id + 1 WHERE id = %(raised)s"),
    ("ladder_version_once", "INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)"
                            " SELECT office_id, name, version, rungs, 600, made_at FROM duty_ladder"),
    ("ladder_claim_is_bounded", "INSERT INTO duty_ladder (office_id, name, version, rungs, claim_seconds, made_at)"
                                " VALUES (%(office)s, 'x', 1, '[{}]', 0, %(now)s)"),
    ("ladder_claim_is_bounded", "UPDATE duty_ladder SET claim_seconds = 604801"),
    # a roster that an open duty names can't be retired; one roster answers
    ("roster_named_by_an_open_duty", RETIRED),
    ("roster_one_answers", "INSERT INTO people_roster (ref, office_id, name, organisation_id, answers_for)"
                           " SELECT gen_random_uuid(), office_id, 'zwei', organisation_id, answers_for"
                           " FROM people_roster WHERE id = %(roster)s"),
    # one claim lives, for a bounded time, and its end says how
    ("claim_one_lives", f"INSERT INTO duty_claim ({CLAIM}) VALUES (%(office)s, %(raised)s, %(one)s, 'x', %(now)s,"
                        " %(now)s + interval '1 h', true, NULL, '')"),
    ("claim_ends_after_it_begins", "UPDATE duty_claim SET until = at"),
    ("claim_ended_says_how", "UPDATE duty_claim SET ended_at = %(now)s"),
    ("claim_ended_says_how", "UPDATE duty_claim SET ended = 'lapsed'"),
    ("claim_ended_says_how", "UPDATE duty_claim SET ended_at = %(now)s, ended = 'gone'"),
    # told once a turn; a report counts once
    ("telling_once_a_turn", f"INSERT INTO duty_telling ({TELLING}) SELECT office_id, duty_id, turn, step, person_id,"
                            " channel, address, at, (SELECT max(id) FROM outbox_message) + 1 FROM duty_telling"),
    ("duty_telling_message_id_key", f"INSERT INTO duty_telling ({TELLING}) SELECT office_id, duty_id, turn + 9, step,"
                                    " person_id, channel, address, at, message_id FROM duty_telling"),
    ("report_counts_once", f"INSERT INTO duty_report ({REPORT}) {NEW_REPORT}"),
    # a message is owed or it ended; what was sent is kept as it was sent
    ("message_is_owed_or_ended", "UPDATE outbox_message SET try_at = NULL WHERE id = %(message)s"),
    ("message_is_owed_or_ended", "UPDATE outbox_message SET sent_at = %(now)s, text = 'x' WHERE id = %(message)s"),
    ("message_is_owed_or_ended", "UPDATE outbox_message SET failed_at = %(now)s WHERE id = %(message)s"),
    ("message_is_owed_or_ended", "UPDATE outbox_message SET withdrawn_at = %(now)s WHERE id = %(message)s"),
    ("message_sent_is_kept_as_sent", "UPDATE outbox_message SET try_at = NULL, sent_at = %(now)s"
                                     " WHERE id = %(message)s"),
    ("outbox_message_key_key", "INSERT INTO outbox_message (key, office_id, channel, address, urgent, drill, template,"
                               " values, language, page, text, created_at, try_at, tries, why) SELECT key, office_id,"
                               " '', '', true, false, '', '{}', '', '', '', created_at, created_at, 0, ''"
                               " FROM outbox_message"),
    # what a provider said, and what somebody replied, counts once
    ("receipt_once", "INSERT INTO outbox_receipt (office_id, message_id, status, at, reason, heard_at)"
                     " SELECT office_id, message_id, status, at, 'x', heard_at FROM outbox_receipt"),
    ("receipt_status_known", "INSERT INTO outbox_receipt (office_id, message_id, status, at, reason, heard_at)"
                             " SELECT office_id, message_id, 'lost', at, '', heard_at FROM outbox_receipt"),
    ("reply_once", "INSERT INTO outbox_reply (office_id, person_id, number, text, at, heard_at)"
                   " SELECT office_id, person_id, number, text, at, heard_at FROM outbox_reply"),
    # people and places
    ("organisation_named_once", "INSERT INTO people_organisation (ref, office_id, kind, name, phone, night_phone)"
                                " SELECT gen_random_uuid(), office_id, kind, name, '', '' FROM people_organisation"),
    ("organisation_kind_known", "UPDATE people_organisation SET kind = 'bank'"),
    ("membership_role_known", "UPDATE people_membership SET role = 'king'"),
    ("membership_ends_not_before_it_begins", "UPDATE people_membership SET until = since - 1"),
    ("grant_says_what_was_done", "INSERT INTO people_grant (office_id, did, at, person_id, role)"
                                 " SELECT office_id, 'hidden', now(), id, '' FROM people_person"),
    ("rights_are_kept", "UPDATE people_grant SET role = 'worker'"),
    ("rights_are_kept", "DELETE FROM people_grant"),
    ("membership_once", "INSERT INTO people_membership (office_id, person_id, organisation_id, role, since)"
                        " SELECT office_id, person_id, organisation_id, role, since FROM people_membership"),
    ("address_once", "INSERT INTO people_address (office_id, person_id, channel, value)"
                     " SELECT office_id, person_id, channel, value FROM people_address"),
    ("address_channel_known", "UPDATE people_address SET channel = 'drum'"),
    ("address_dead_why_known", "UPDATE people_address SET dead_why = 'tired'"),
    ("address_says_where", "UPDATE people_address SET value = '' WHERE channel = 'sms'"),
    ("address_hours_begin_and_end", "UPDATE people_address SET since = '09:00'"),
    ("address_hours_begin_and_end", "UPDATE people_address SET since = '09:00', until = '09:00'"),
    ("shift_ends_after_it_begins", "UPDATE people_shift SET ends_at = starts_at"),
    ("shift_once", "INSERT INTO people_shift (office_id, roster_id, person_id, starts_at, ends_at, place)"
                   " SELECT office_id, roster_id, person_id, starts_at, ends_at, 5 FROM people_shift"),
    # weekly rotas, and who stands in
    ("rota_runs_on_some_weekday", "UPDATE people_rota SET weekdays = '[]'"),
    ("rota_runs_on_some_weekday", "UPDATE people_rota SET weekdays = '[7]'"),
    ("rota_ends_not_before_it_begins", "UPDATE people_rota SET until = since - 1"),
    ("rota_holidays_known", "UPDATE people_rota SET holidays = 'often'"),
    ("turn_place_once", "INSERT INTO people_turn (office_id, rota_id, week, place, person_id)"
                        " SELECT office_id, rota_id, week, place, %(two)s FROM people_turn"),
    ("turn_person_once", "INSERT INTO people_turn (office_id, rota_id, week, place, person_id)"
                         " SELECT office_id, rota_id, week, 9, person_id FROM people_turn"),
    ("stand_in_ends_after_it_begins", "UPDATE people_standin SET until = since"),
    ("stand_in_names_two_persons", "UPDATE people_standin SET on_id = off_id"),
    ("stand_in_names_two_persons", "UPDATE people_standin SET on_id = NULL, off_id = NULL"),
    ("stand_in_is_answered_by_a_person", "UPDATE people_standin SET answered_at = %(now)s"),
    ("stand_in_is_answered_by_a_person", "UPDATE people_standin SET agreed = true"),
    ("shift_note_is_done_by_a_person", "UPDATE people_shiftnote SET done_at = %(now)s"),
    ("calendar_link_is_of_one_thing", "UPDATE people_calendarlink SET person_id = NULL"),
    ("calendar_link_is_of_one_thing", "UPDATE people_calendarlink SET roster_id = %(roster)s"),
    ("calendar_link_one_lives", "INSERT INTO people_calendarlink (office_id, person_id, token_sha256, made_at,"
                                " made_by_id) SELECT office_id, person_id, 'x', made_at, made_by_id"
                                " FROM people_calendarlink"),
    ("area_code_once_at_a_time", "INSERT INTO places_area (office_id, code, name, sort_key)"
                                 " SELECT office_id, code, 'x', 'x' FROM places_area"),
    ("area_ends_after_it_begins", "UPDATE places_area SET since = '2026-01-02', until = '2026-01-02'"),
    # the same fault again counts up
    ("fault_open_once", "INSERT INTO health_fault (office_id, key, what, values, outside, first_at, last_at, times)"
                        " SELECT office_id, key, what, '{}', false, first_at, last_at, 1 FROM health_fault"),
]  # fmt: skip

NEVER = [
    ("app", "DELETE FROM duty_duty"),
    ("app", "DELETE FROM people_person"),
    ("app", "UPDATE duty_report SET body = ''"),
    ("app", "UPDATE duty_telling SET at = now()"),
    ("app", "UPDATE duty_ladder SET rungs = '[{}]'"),
    ("app", "UPDATE audit_entry SET did = 'x'"),
    ("app", "UPDATE audit_entry SET seal_id = NULL"),
    ("app", "UPDATE audit_entry SET whose = '{}'"),
    ("app", "UPDATE audit_review SET remark = 'x'"),
    ("engine", "UPDATE audit_review SET remark = 'x'"),
    ("app", "UPDATE duty_report SET gravity = ''"),
    ("app", "INSERT INTO audit_seal (at, lines, previous, sha256) VALUES (now(), 1, '', '')"),
    ("app", "UPDATE outbox_receipt SET status = 'read'"),
    ("app", "UPDATE outbox_reply SET text = 'x'"),
    ("engine", "UPDATE outbox_receipt SET status = 'read'"),
    ("engine", "UPDATE audit_entry SET did = 'x'"),
    ("engine", "UPDATE audit_seal SET lines = 1"),
    ("engine", "UPDATE duty_report SET body = ''"),
    ("app", "ALTER TABLE duty_duty DISABLE TRIGGER ALL"),
    ("engine", "ALTER TABLE duty_duty DISABLE TRIGGER ALL"),
    ("app", "SET session_replication_role = replica"),
    ("app", "UPDATE dure_clock SET at = now()"),
    ("engine", "UPDATE dure_clock SET at = now()"),
]


@pytest.fixture(scope="module")
def ids(django_db_setup, django_db_blocker):
    """One world for all attacks, as each attack is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        world.become("app")
        transaction.set_rollback(True)


def refused(sql: str, ids: dict) -> str:
    """The name of the rule that refuses this, or why it isn't allowed at all; empty if it went through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, ids)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except Error as error:
        diagnostics = error.__cause__.diag
        return diagnostics.constraint_name or diagnostics.message_primary
    return "" if cursor.rowcount else "touched nothing"


@pytest.mark.parametrize(("rule", "sql"), ATTACKS)
def test_not_even_a_superuser_breaks(rule, sql, ids):
    world.become("postgres")
    assert refused(sql, ids) == rule


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize(("rule", "sql"), ATTACKS)
def test_our_own_roles_do_not_break(rule, sql, role, ids):
    world.become(role, ids["office"])
    assert refused(sql, ids).startswith((rule, "permission denied"))


@pytest.mark.parametrize(("role", "sql"), NEVER)
def test_our_own_roles_may_never(role, sql, ids):
    world.become(role, ids["office"])
    assert refused(sql, ids).startswith(("permission denied", "must be owner"))


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        return sorted(name for (name,) in cursor.fetchall())


DELETED = {  # what may be deleted at all, and why
    ("django_session", "app"),  # who signs out
    ("django_session", "engine"),  # sessions that ran out
    ("places_place", "app"),  # of a list that was uploaded by mistake and is taken back
    ("places_place", "engine"),  # likewise, when the list is long
    ("people_shift", "app"),  # a shift that was planned by mistake
    ("people_shift", "engine"),  # a shift written ahead, when the rota behind it says something else
}


@pytest.mark.parametrize("role", ["app", "engine"])
def test_nothing_of_the_kernel_can_be_deleted_or_emptied(role, ids):
    world.become(role, ids["office"])
    ours = [t for t in tables() if t.partition("_")[0] in BOXES]
    for table in ours:
        assert refused(f"TRUNCATE {table} CASCADE", ids).startswith("permission denied"), table
        if (table, role) not in DELETED:
            assert refused(f"DELETE FROM {table}", ids).startswith("permission denied"), table
    assert len(ours) > 15


# triggers that forbid nothing: tests/people/test_rights.py, tests/audit/test_values.py
ONLY_WRITE = {"keep_rights", "keep_leaving", "values_insert", "values_update", "values_delete"}


def test_every_rule_of_the_kernel_is_attacked(ids):
    declared = {c.name for m in apps.get_models() if m._meta.app_label in BOXES for c in m._meta.constraints}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND split_part("
                       "tgrelid::regclass::text, '_', 1) = ANY (%s)", [sorted(BOXES)])  # fmt: skip
        declared |= {name for (name,) in cursor.fetchall()}
    assert declared - {rule for rule, _ in ATTACKS} == ONLY_WRITE
