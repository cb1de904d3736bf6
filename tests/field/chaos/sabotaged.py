"""The web process with one promise broken on purpose (`DURE_SABOTAGE`): the run has to notice.

On the phone by other words in one of its files, laid before the product's own; on the server by another function.
"""

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
ON_THE_PHONE = {  # of sending.js: what stands there, and what is put in its place
    "forgets early": [
        ("  if (portion.length < 2) return",
         "  for (const each of portion) await store.forget(each);\n  if (portion.length < 2) return"),
    ],
    "new key each time": [
        ("ask(`reports/${each.key}`", "ask(`reports/${crypto.randomUUID()}`"),
        ("({ key, sealed }));", "({ key: crypto.randomUUID(), sealed }));"),
    ],
    "gives up": [
        ("    return failed(problem);", "    tries.set(each.key, (tries.get(each.key) ?? 0) + 1);\n"
         "    if (tries.get(each.key) > 1) await store.forget(each);\n    return failed(problem);"),
    ],
    "one blocks all": [
        ("const AT_ONCE = 50;", "const AT_ONCE = 1;"),
        ("      away ||= isAway(all);", "      away ||= all.some((what) => what !== \"arrived\");"),
    ],
    "keeps late": [
        ("  await store.put(copy ? { ...made, copy } : made);", "  setTimeout(() => store.put(made), 1500);"),
    ],
    "cuts words": [("body: JSON.stringify(body), ", "body: JSON.stringify(body).replace(/0([0-9])/, \"$1\"), ")],
}  # fmt: skip
ON_THE_SERVER = ("clock",)
SABOTAGES = (*ON_THE_PHONE, *ON_THE_SERVER)


def on_the_phone(what: str) -> Path:
    """A folder of static files in which the sabotaged one lies."""
    import dure

    text = (Path(dure.__file__).parent / "field" / "static" / "dure" / "field" / "sending.js").read_text()
    for before, after in ON_THE_PHONE[what]:
        if text.count(before) != 1:
            raise ValueError(f"the sabotage {what!r} doesn't fit the file any more: {before}")
        text = text.replace(before, after)
    folder = Path(tempfile.mkdtemp(prefix="dure-sabotage-"))
    made = folder / "dure" / "field" / "sending.js"
    made.parent.mkdir(parents=True)
    made.write_text(text + "\nconst tries = new Map();\n")
    return folder


def clock() -> None:
    """What the phone's clock says is believed as it is."""
    from dure.care import phone
    from dure.field import envelopes

    def as_seen(seen: datetime, _sent: datetime, **_known: Any) -> datetime:
        return seen

    envelopes.on_one_clock = as_seen
    phone.seen_at = lambda report, now, unsure=None: report.seen_at or now


def _application() -> Any:
    import django
    from django.conf import settings

    what = os.environ.get("DURE_SABOTAGE", "")
    if what in ON_THE_PHONE:
        settings.STATICFILES_DIRS = [on_the_phone(what)]
    django.setup()
    if what in ON_THE_SERVER:
        globals()[what]()
    import dure.wsgi

    return dure.wsgi.application


if os.environ.get("DURE_SABOTAGE"):
    application = _application()
