"""The addresses of welfare calls and of heat and cold warnings."""

from django.urls import path

from dure.care.calls.views import calls, people, warnings

app_name = "calls"
urlpatterns = [
    path("", calls.index, name="index"),
    path("rows/", calls.rows, name="rows"),
    path("<uuid:ref>/calling/", calls.calling, name="calling"),
    path("<uuid:ref>/result/", calls.result, name="result"),
    path("<uuid:ref>/undo/", calls.undo, name="undo"),
    path("practice/", people.practice, name="practice"),
    path("home/<uuid:ref>/", people.home, name="home"),
    path("warnings/", warnings.index, name="warnings"),
    path("warnings/<uuid:ref>/extend/", warnings.extend, name="extend"),
    path("warnings/<uuid:ref>/off/", warnings.off, name="off"),
]
