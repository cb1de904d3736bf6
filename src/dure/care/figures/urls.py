"""The addresses of the figures."""

from django.urls import path

from dure.care.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.show, name="show"),
    path("rows/", views.rows, name="rows"),
    path("download/", views.download, name="download"),
    path("published/", views.give_out, name="published"),
    path("published/download/", views.download_published, name="download_published"),
]
