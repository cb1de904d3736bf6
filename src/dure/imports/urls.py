"""The pages of the imports, for the kinds of list that the programmes have."""

from collections.abc import Mapping

from django.urls import URLPattern, path

from dure.imports import views
from dure.imports.kinds import Kind


def routes(kinds: Mapping[str, Kind]) -> tuple[list[URLPattern], str]:
    """What `include` takes: `path("imports/", include(routes({"recipients": Recipients(), …})))`."""
    given = {"kinds": kinds}
    one = "<slug:slug>/<uuid:ref>/"
    return [
        path("", views.uploads, given, "uploads"),
        path("<slug:slug>/", views.start, given, "start"),
        path("<slug:slug>/template.xlsx", views.template, given, "template"),
        path(f"{one}sheet/", views.sheet, given, "sheet"),
        path(f"{one}columns/", views.columns, given, "columns"),
        path(f"{one}preview/", views.preview, given, "preview"),
        path(f"{one}apply/", views.apply, given, "apply"),
        path(f"{one}result/", views.result, given, "result"),
        path(f"{one}progress/", views.progress, given, "progress"),
        path(f"{one}refused.xlsx", views.refused, given, "refused"),
        path(f"{one}again/<int:number>/", views.again, given, "again"),
        path(f"{one}undo/", views.undo, given, "undo"),
    ], "imports"
