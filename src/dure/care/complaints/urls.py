"""The addresses of complaints."""

from django.urls import path

from dure.care.complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.add, name="new"),
    path("list/", views.download, name="download"),
    path("<uuid:ref>/", views.show, name="show"),
    path("<uuid:ref>/ask/", views.ask, name="ask"),
    path("<uuid:ref>/state/", views.state, name="state"),
    path("<uuid:ref>/extend/", views.extend, name="extend"),
    path("<uuid:ref>/pass-on/", views.pass_on, name="pass_on"),
    path("<uuid:ref>/answer/", views.answer, name="answer"),
    path("<uuid:ref>/again/", views.again, name="again"),
]
