"""Where everything is found, and what the programmes hang into the kernel."""

from collections.abc import Mapping
from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from dure.care import alarms, phone
from dure.care.calls.actions import silence
from dure.care.certificates.actions import owe_renewals
from dure.care.certificates.lists import Certificates
from dure.care.imports import KINDS as CARE
from dure.care.support.listed import Leads, Populations
from dure.care.workers import reports as workers
from dure.cases.hours import is_working_day
from dure.desk.views import rules
from dure.duty.reports import Act, Take
from dure.duty.watch import Hooks
from dure.field import danger, kept, texted
from dure.gatherings.urls import routes as gatherings
from dure.imports.kinds import Kind
from dure.imports.urls import routes

HOOKS: Hooks = {"care.visit": alarms.on_silence, "care.call": silence}
TAKERS: Mapping[str, Take] = {**phone.TAKERS, **danger.TAKERS, **workers.TAKERS}
ACT: Act = partial(kept.take_up, takers=TAKERS)
TEXTED = partial(texted.hear, takers=TAKERS)
KINDS: Mapping[str, Kind] = {**CARE, "certificates": Certificates(), "population": Populations(), "in-need": Leads()}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dure.signing.urls")),
    path("", include("dure.desk.urls")),
    path("care/", include("dure.care.urls")),
    path("gatherings/", include(gatherings("care", is_working_day))),
    path("imports/", include(routes(KINDS))),
    path("rules/", rules.index, name="rules"),
    path("rules/<slug:name>/", rules.change, {"then": owe_renewals}, name="rule"),
    path("retention/", include("dure.retention.urls")),
    path("", include("dure.field.urls")),
]

handler400 = "dure.desk.views.wrong.unreadable"
handler500 = "dure.desk.views.wrong.broken"
