"""The addresses of meal support's pages: no office and no name in a path."""

from django.urls import path

from dure.care.views import (
    absences,
    assigning,
    calendar,
    checks,
    courses,
    network,
    orders,
    recipients,
    report,
    rosters,
    unreachable,
    visits,
)

app_name = "care"
urlpatterns = [
    path("recipients/", recipients.index, name="recipients"),
    path("recipients/new/", recipients.add, name="recipient_new"),
    path("recipients/<uuid:ref>/", recipients.show, name="recipient"),
    path("recipients/<uuid:ref>/edit/", recipients.edit, name="recipient_edit"),
    path("recipients/<uuid:ref>/unreachable/", unreachable.report, name="unreachable"),
    path("recipients/<uuid:ref>/away/", absences.add, name="absence"),
    path("recipients/<uuid:ref>/end/", absences.end, name="end"),
    path("contacts/<int:number>/tested/", recipients.test_contact, name="contact_tested"),
    path("absences/", absences.index, name="absences"),
    path("absences/<uuid:ref>/back/", absences.back, name="back"),
    path("calendar/", calendar.show, name="calendar"),
    path("calendar/<int:number>/take-back/", calendar.take_back, name="closure_back"),
    path("visits/", visits.index, name="visits"),
    path("visits/<uuid:ref>/", visits.show, name="visit"),
    path("visits/<uuid:ref>/outcome/", visits.outcome, name="outcome"),
    path("visits/<uuid:ref>/give/", assigning.give_one, name="give"),
    path("courses/", courses.index, name="courses"),
    path("courses/<uuid:ref>/", courses.show, name="course"),
    path("courses/<uuid:ref>/assign/", assigning.assign, name="assign"),
    path("evening/", checks.evening, name="evening"),
    path("evening/rows/", checks.rows, name="evening_rows"),
    path("morning/", checks.morning, name="morning"),
    path("network/", network.show, name="network"),
    path("report/", report.show, name="report"),
    path("rosters/", rosters.index, name="rosters"),
    path("rosters/new/", rosters.add, name="roster_new"),
    path("rosters/<uuid:ref>/", rosters.show, name="roster"),
    path("shifts/<int:number>/take-back/", rosters.take_off, name="shift_off"),
    path("orders/", orders.index, name="orders"),
    path("orders/<slug:name>/", orders.edit, name="order"),
]
