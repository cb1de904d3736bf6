"""Sealing anew what lies under an earlier key, or not sealed yet: in batches, while everything runs."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from dure.sealing.box import MARK, is_current, is_sealed, ring, seal, unseal
from dure.sealing.fields import SEALED, SealedBytes, SealedJSON, where_of

BATCH = 200
NOTHING = "('', '—', '{}', '[]')"  # nothing there, or let go: there is nothing to seal
VALUES = "audit_change"  # values before and after hold sealed values as they lay


def columns() -> Iterator["models.Field[Any, Any]"]:
    """Every sealed column there is."""
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if isinstance(field, SEALED))


def left(field: "models.Field[Any, Any]") -> dict[str, int]:
    """How many values of the acting office lie under which key, by its name; "" for those not sealed yet."""
    text = _as_text(field)
    where = f"{field.column} IS NOT NULL AND {text} NOT IN {NOTHING}"
    name = f"CASE WHEN {text} LIKE '{MARK}%%' THEN substr({text}, {len(MARK) + 1}, 8) ELSE '' END"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}, count(*) FROM {field.model._meta.db_table} WHERE {where} GROUP BY 1", [])
        return dict(cursor.fetchall())


def rotate(field: "models.Field[Any, Any]") -> int:
    """Seal the acting office's values of one column with the key that seals now; how many it has done."""
    table, done, after = field.model._meta.db_table, 0, 0
    size = 1 if isinstance(field, SealedBytes) else BATCH
    current = f"{MARK}{next(iter(ring()))}:%"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {field.column}::text FROM {table} WHERE id > %s AND {field.column} IS NOT NULL"
                f" AND {_as_text(field)} NOT LIKE %s AND {_as_text(field)} NOT IN {NOTHING}"
                f" ORDER BY id LIMIT %s",
                [after, current, size],
            )
            rows = cursor.fetchall()
        if not rows:
            return done
        after = rows[-1][0]
        anew = [(pk, lay, new) for pk, lay in rows if (new := _anew(field, lay))]
        done += _put(table, str(field.column), anew)


def rotate_values() -> int:
    """The same for what the values before and after hold of sealed columns."""
    sealed = {where_of(field) for field in columns()}
    done, after = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, kind, before::text, after::text FROM {VALUES} WHERE id > %s AND kind = ANY (%s)"
                " ORDER BY id LIMIT %s",
                [after, sorted({each.split(".")[0] for each in sealed}), BATCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return done
        after = rows[-1][0]
        for number, column in ((2, "before"), (3, "after")):
            anew = [(row[0], row[number], _inside(row[1], row[number], sealed)) for row in rows]
            done += _put(VALUES, column, [each for each in anew if each[1] != each[2]])


def _inside(table: str, lay: str, sealed: set[str]) -> str:
    def changed(column: str, value: Any) -> Any:
        where = f"{table}.{column}"
        if where not in sealed or not value or (is_sealed(value) and is_current(value)):
            return value
        if is_sealed(value):
            plain = unseal(value, where)
            return value if plain is None else seal(plain, where)
        return seal((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode(), where)

    kept = json.loads(lay)
    made = {
        key: [{k: changed(k, v) for k, v in each.items()} for each in values]
        if key == "*"
        else [changed(key, each) for each in values]
        for key, values in kept.items()
    }
    return lay if made == kept else json.dumps(made, ensure_ascii=False)


def _anew(field: "models.Field[Any, Any]", lay: str) -> str | None:
    """How a value is to lie from now on; None when its key isn't here."""
    where, plain = where_of(field), lay.encode()
    if isinstance(field, SealedBytes):
        plain = bytes.fromhex(lay.removeprefix("\\x"))
    known: Any = json.loads(lay) if isinstance(field, SealedJSON) else plain.decode("latin-1")
    if is_sealed(known):
        found = unseal(known, where)
        if found is None:
            return None
        plain = found
    elif isinstance(field, SealedJSON):
        plain = json.dumps(known, ensure_ascii=False).encode()
    made = seal(plain, where)
    if isinstance(field, SealedBytes):
        return "\\x" + made.encode().hex()
    return json.dumps(made) if isinstance(field, SealedJSON) else made


def _put(table: str, column: str, anew: list[tuple[int, str, str]]) -> int:
    if not anew:
        return 0
    with connection.cursor() as cursor:
        ids, was, is_now = (list(each) for each in zip(*anew, strict=True))
        cursor.execute("SELECT dure_seal_anew(%s, %s, %s, %s, %s)", [table, column, ids, was, is_now])
        return int(cursor.fetchone()[0])


def _as_text(field: "models.Field[Any, Any]") -> str:
    """What begins with the mark, in SQL."""
    if isinstance(field, SealedBytes):
        return f"encode(substr({field.column}, 1, 64), 'escape')"
    return f"({field.column} #>> '{{}}')" if isinstance(field, SealedJSON) else str(field.column)


def unreadable() -> int:
    """How many values of the acting office lie under a key that isn't here."""
    return sum(many for field in columns() for name, many in left(field).items() if name and name not in ring())
