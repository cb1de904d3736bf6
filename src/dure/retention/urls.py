"""Where the pages on letting go of personal data are."""

from django.urls import path

from dure.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.index, name="index"),
    path("due/<slug:key>/", views.due, name="due"),
    path("runs/", views.runs, name="runs"),
    path("runs/<uuid:ref>/", views.run, name="run"),
    path("runs/<uuid:ref>/confirm/", views.confirm, name="confirm"),
    path("runs/<uuid:ref>/stop/", views.stop, name="stop"),
    path("holds/new/", views.hold, name="hold"),
    path("holds/<uuid:ref>/end/", views.end_hold, name="end_hold"),
]
