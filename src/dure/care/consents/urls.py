"""The addresses of consents."""

from django.urls import path

from dure.care.consents import views

app_name = "consents"
urlpatterns = [
    path("", views.index, name="index"),
    path("texts/", views.texts, name="texts"),
    path("recipients/<uuid:ref>/", views.show, name="show"),
    path("<uuid:ref>/file/", views.file, name="file"),
]
