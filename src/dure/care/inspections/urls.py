"""The addresses of an inspection."""

from django.urls import path

from dure.care.inspections import views

app_name = "inspections"
urlpatterns = [
    path("", views.show, name="show"),
    path("download/", views.download, name="download"),
]
