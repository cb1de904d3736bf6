"""Where everything is found, and what the programmes hang into the kernel."""

from collections.abc import Mapping

from django.urls import URLPattern, URLResolver

from dure.duty.reports import Take
from dure.duty.watch import Hooks

HOOKS: Hooks = {}
TAKERS: Mapping[str, Take] = {}

urlpatterns: list[URLPattern | URLResolver] = []
