"""Where everything is found, and what the programmes hang into the kernel."""

from collections.abc import Mapping

from django.urls import URLPattern, URLResolver

from dure.care import alarms, phone
from dure.duty.reports import Take
from dure.duty.watch import Hooks

HOOKS: Hooks = {"care.visit": alarms.on_silence}
TAKERS: Mapping[str, Take] = {**phone.TAKERS}

urlpatterns: list[URLPattern | URLResolver] = []
