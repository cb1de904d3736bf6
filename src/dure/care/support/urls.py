"""The addresses of tailored support, below /care/support/."""

from django.urls import path

from dure.care.support.views import blind_spots, gaps, plans, referrals, searches, waiting

app_name = "support"
urlpatterns = [
    path("", plans.index, name="plans"),
    path("recipients/<uuid:ref>/", plans.show, name="plan"),
    path("recipients/<uuid:ref>/decide/", plans.add, name="plan_new"),
    path("plans/<uuid:ref>/end/", plans.end, name="plan_end"),
    path("plans/<uuid:ref>/checked/", plans.checked, name="plan_checked"),
    path("waiting/", waiting.index, name="waiting"),
    path("waiting/new/", waiting.add, name="waiting_new"),
    path("waiting/<uuid:ref>/", waiting.show, name="waiting_one"),
    path("waiting/<uuid:ref>/edit/", waiting.edit, name="waiting_edit"),
    path("waiting/<uuid:ref>/told/", waiting.told, name="waiting_told"),
    path("waiting/<uuid:ref>/end/", waiting.end, name="waiting_end"),
    path("waiting/<uuid:ref>/take/", waiting.take, name="waiting_take"),
    path("gaps/", gaps.show, name="gaps"),
    path("gaps/rows/", gaps.rows, name="gap_rows"),
    path("blind-spots/", blind_spots.show, name="blind_spots"),
    path("blind-spots/population/", blind_spots.population, name="population"),
    path("searches/", searches.index, name="searches"),
    path("searches/make/", searches.make, name="search_make"),
    path("searches/<uuid:ref>/", searches.show, name="search"),
    path("searches/<uuid:ref>/done/", searches.done, name="search_done"),
    path("leads/<uuid:ref>/said/", searches.said, name="lead_said"),
    path("referrals/", referrals.index, name="referrals"),
    path("referrals/receive/", referrals.receive, name="receive"),
    path("referrals/send/", referrals.send, name="send"),
    path("asked/<uuid:ref>/", referrals.asked, name="asked"),
]
