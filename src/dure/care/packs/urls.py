"""The addresses of the papers for a day without internet."""

from django.urls import path

from dure.care.packs import views

app_name = "packs"
urlpatterns = [
    path("", views.index, name="index"),
    path("all/", views.everything, name="all"),
    path("<uuid:ref>/", views.download, name="download"),
    path("courses/<uuid:ref>/", views.enter, name="enter"),
]
