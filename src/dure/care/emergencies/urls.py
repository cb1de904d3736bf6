"""The addresses of looks in an emergency. One's own has no name in its address: there is one at a time."""

from django.urls import path

from dure.care.emergencies import views

app_name = "emergencies"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.add, name="new"),
    path("now/", views.show, name="show"),
    path("now/left/", views.left, name="left"),
    path("now/end/", views.end, name="end"),
    path("now/go-on/", views.go_on, name="go_on"),
    path("now/unreachable/", views.unreachable, name="unreachable"),
    path("<uuid:ref>/", views.review, name="review"),
    path("<uuid:ref>/end/", views.end_of, name="end_of"),
]
