"""The addresses of certificates."""

from django.urls import path

from dure.care.certificates.views import entering, lists, office, person

app_name = "certificates"
urlpatterns = [
    path("", lists.index, name="index"),
    path("download/", lists.download, name="download"),
    path("mine/", lists.mine, name="mine"),
    path("enter/", entering.enter_many, name="enter"),
    path("people/<uuid:ref>/", person.show, name="person"),
    path("people/<uuid:ref>/add/", entering.add, name="add"),
    path("people/<uuid:ref>/food/", person.say_work, name="work"),
    path("<uuid:ref>/file/", person.file, name="file"),
    path("<uuid:ref>/withdraw/", entering.withdraw, name="withdraw"),
    path("renewals/<uuid:ref>/excuse/", person.excuse, name="excuse"),
    path("providers/<uuid:ref>/packed/", lists.packed, name="packed"),
    path("kinds/", office.kinds, name="kinds"),
    path("kinds/<uuid:ref>/retire/", office.retire, name="retire"),
    path("trainings/", office.trainings, name="trainings"),
    path("trainings/<uuid:ref>/count/", office.count, name="count"),
]
