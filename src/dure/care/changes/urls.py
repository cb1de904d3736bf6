"""The addresses of changes of provider."""

from django.urls import path

from dure.care.changes.views import plans, providers, returns

app_name = "changes"
urlpatterns = [
    path("", plans.index, name="index"),
    path("new/", plans.add, name="new"),
    path("<uuid:ref>/", plans.show, name="show"),
    path("<uuid:ref>/send/", plans.send, name="send"),
    path("<uuid:ref>/day/", plans.another_day, name="day"),
    path("<uuid:ref>/confirm/", plans.confirm, name="confirm"),
    path("<uuid:ref>/reopen/", plans.reopen, name="reopen"),
    path("<uuid:ref>/drop/", plans.drop, name="drop"),
    path("<uuid:ref>/return/", returns.show, name="return"),
    path("<uuid:ref>/return/thing/", returns.hand_back, name="hand_back"),
    path("<uuid:ref>/return/certificate/", returns.certify, name="certify"),
    path("<uuid:ref>/return/file/", returns.file, name="file"),
    path("ready/", providers.own, name="own"),
    path("ready/<uuid:ref>/", providers.ready, name="ready"),
]
