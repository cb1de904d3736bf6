"""The addresses of looking after the workers: who is on the road, one worker, one course that isn't started."""

from django.urls import path

from dure.care.workers import views

app_name = "workers"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:ref>/", views.show, name="show"),
    path("courses/<uuid:ref>/", views.course, name="course"),
    path("findings/<uuid:ref>/", views.found_out, name="found_out"),
]
