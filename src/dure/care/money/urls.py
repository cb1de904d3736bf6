"""The addresses of settlements, schemes and what is exported."""

from django.urls import path

from dure.care.money.views import exports, months, papers, schemes

app_name = "money"
urlpatterns = [
    path("", months.index, name="index"),
    path("close/", months.close_all, name="close_all"),
    path("schemes/", schemes.index, name="schemes"),
    path("schemes/new/", schemes.add, name="scheme_new"),
    path("schemes/<int:number>/", schemes.show, name="scheme"),
    path("schemes/<int:number>/price/", schemes.say_terms, name="price"),
    path("prices/<int:number>/take-back/", schemes.take_back, name="price_back"),
    path("without/", schemes.without, name="without"),
    path("recipients/<uuid:ref>/", schemes.belongs, name="belongs"),
    path("export/", exports.show, name="export"),
    path("objections/<uuid:ref>/answer/", months.answer, name="answer"),
    path("<uuid:ref>/", months.show, name="show"),
    path("<uuid:ref>/days/", months.days, name="days"),
    path("<uuid:ref>/paper/", papers.download, name="paper"),
    path("<uuid:ref>/agree/", months.agree, name="agree"),
    path("<uuid:ref>/object/", months.object_to, name="object"),
    path("<uuid:ref>/close/", months.close, name="close"),
]
