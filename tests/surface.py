"""What is thrown at every page and field: a marker that must never run, and values that nobody means well with."""

from django.db import connection

MARK = "<img src=x onerror=alert(1)>"
SHORT = "<b x>"  # where the whole one doesn't fit
TEMPLATE = "{{7777*7}}{% load x %}{{ request.user.password }}"
# Columns that hold no words of anybody: keys, codes, digests, what the product itself writes and compares.
KEPT = {
    "username", "password", "kind", "name_digest", "digest", "sealed", "code", "key", "sha256", "key_sha256",
    "token_sha256", "about_kind", "slug", "zone", "language", "page",
}  # fmt: skip


def text_columns() -> list[tuple[str, str, int | None]]:
    """Every column of our tables that holds text, with its greatest length."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.character_maximum_length FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND c.data_type IN ('character varying', 'text')"
            " AND c.table_name NOT LIKE ALL (ARRAY['django%', 'auth%', 'procrastinate%', 'audit%', 'dure_clock'])"
        )
        return cursor.fetchall()


def plant(mark: str = MARK, short: str = SHORT) -> tuple[list[str], list[str]]:
    """Writes the marker into every text of the data base, past all our code; which took it, and which hold no words."""
    planted, left = [], []
    with connection.cursor() as cursor:
        for table, column, most in text_columns():
            said = mark if most is None or most >= len(mark) else short
            if column in KEPT or most is not None and most < len(short):
                left.append(f"{table}.{column}")
                continue
            cursor.execute("SAVEPOINT planting")
            try:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s', [said])
                planted.append(f"{table}.{column}")
                cursor.execute("RELEASE SAVEPOINT planting")
            except Exception:  # a CHECK or a unique key: it holds no free words
                cursor.execute("ROLLBACK TO SAVEPOINT planting")
                left.append(f"{table}.{column}")
    return planted, left


# 30 and more that are tried at every field and parameter.
INJECTIONS: dict[str, str] = {
    "sql: quote": "' OR '1'='1",
    "sql: second statement": "'; DROP TABLE people_person; --",
    "sql: union": "x' UNION SELECT password FROM people_person --",
    "sql: sleep": "1; SELECT pg_sleep(20) --",
    "sql: comment": "/**/admin'--",
    "sql: dollar": "$$; SELECT current_setting('dure.office') $$",
    "sql: set the office": "'; SET dure.office = '1'; --",
    "like: all": "%",
    "like: any four": "____",
    "like: escape": "\\%\\_\\",
    "template: sum": TEMPLATE,
    "template: format": "{0.__class__.__init__.__globals__} %(office)s %s %n",
    "template: python": "${7777*7} #{7777*7} <%= 7777*7 %>",
    "html: tag": MARK,
    "html: attribute": '" onmouseover="alert(1)" x="',
    "html: script": "</script><script>alert(1)</script>",
    "html: link": "javascript:alert(1)",
    "html: comment": "--><svg/onload=alert(1)><!--",
    "header: line": "x\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "header: second to": "a@example.org\nBcc: everybody@example.org",
    "header: line separator": "x\u2028y\u2029z\x85",
    "path: up": "../../../../etc/passwd",
    "path: windows": "..\\..\\secret",
    "path: encoded": "%2e%2e%2fsecret%00.pdf",
    "log: forged line": "x\n2026-11-28 ERROR root: all is well",
    "log: colours": "\x1b[31mred\x1b[0m\x07",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "formula: dde": "@SUM(1+1)*cmd|' /C calc'!A0",
    "regex": "a" * 5000 + "!",
    "regex: nested": "(" * 3000 + ")" * 3000,
    "unicode: turned round": "\u202e\u2066gnp.exe\u2069",
    "unicode: nothing between": "홍\u200b길\u2060동\ufeff",
    "unicode: zero": "a\x00b",
    "unicode: no letter": "\ufffe\uffff\U0010ffff",
    "unicode: four bytes": "𠮷😀" * 40,
    "unicode: composed": "e" + "\u0301" * 400,
    "number: huge": "9" * 400,
    "number: other digits": "١٢٣۴",
    "number: beyond the data base": "9223372036854775808",
    "number: negative": "-1",
    "number: not one": "NaN",
    "number: exponent": "1e999999",
    "date: none such": "2026-02-31",
    "date: far": "9999-12-31",
    "date: first": "0001-01-01",
    "time": "25:61",
    "json: deep": "[" * 900 + "]" * 900,
    "json: object": '{"$gt": "", "__proto__": {"admin": true}}',
    "command": "`reboot` $(reboot) | reboot",
    "ldap": "*)(uid=*))(|(uid=*",
    "long": "가" * 20_000,
}
