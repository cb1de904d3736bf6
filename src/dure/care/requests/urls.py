"""The addresses of requests about own data."""

from django.urls import path

from dure.care.requests import views

app_name = "requests"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.add, name="new"),
    path("<uuid:ref>/", views.show, name="show"),
    path("<uuid:ref>/answer/", views.answer, name="answer"),
    path("<uuid:ref>/everything/", views.everything, name="everything"),
    path("<uuid:ref>/everything/file/", views.download, name="download"),
]
