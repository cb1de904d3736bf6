"""Where everything is found, and what the programmes hang into the kernel."""

from collections.abc import Mapping

from django.urls import URLPattern, URLResolver, include, path

from dure.care import alarms, phone
from dure.care.imports import KINDS
from dure.cases.hours import is_working_day
from dure.duty.reports import Take
from dure.duty.watch import Hooks
from dure.gatherings.urls import routes as gatherings
from dure.imports.urls import routes

HOOKS: Hooks = {"care.visit": alarms.on_silence}
TAKERS: Mapping[str, Take] = {**phone.TAKERS}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dure.desk.urls")),
    path("care/", include("dure.care.urls")),
    path("gatherings/", include(gatherings("care", is_working_day))),
    path("imports/", include(routes(KINDS))),
    path("", include("dure.field.urls")),
]

handler500 = "dure.desk.views.frame.broken"
