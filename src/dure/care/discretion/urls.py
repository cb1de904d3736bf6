"""The addresses of what only the office sees of a recipient's own people."""

from django.urls import path

from dure.care.discretion import views

app_name = "discretion"
urlpatterns = [
    path("recipients/<uuid:ref>/", views.show, name="show"),
    path("contacts/<int:number>/hide/", views.hide, name="hide"),
    path("contacts/<int:number>/show/", views.show_again, name="show_again"),
]
