"""Only the import's pages, for one kind of list."""

from django.urls import include, path
from django.views.i18n import set_language

from dure.imports.urls import routes

from .staff import Staff

urlpatterns = [
    path("imports/", include(routes({"staff": Staff()}))),
    path("login/", set_language, name="login"),
]
