"""The address of a photograph."""

from django.urls import path

from dure.care.photos import views

app_name = "photos"
urlpatterns = [path("<uuid:ref>/", views.show, name="show")]
