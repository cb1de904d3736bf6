"""The addresses of the register of transfers."""

from django.urls import path

from dure.care.transfers import views

app_name = "transfers"
urlpatterns = [
    path("", views.show, name="show"),
    path("list/", views.download, name="download"),
]
