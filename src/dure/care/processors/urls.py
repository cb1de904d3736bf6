"""The addresses of the register of processors."""

from django.urls import path

from dure.care.processors import views

app_name = "processors"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.add, name="new"),
    path("<uuid:ref>/", views.edit, name="edit"),
]
