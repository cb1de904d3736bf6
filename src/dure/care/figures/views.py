"""The pages of the figures: all of them, the rows behind one, and what may be given out."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.downloads import file, lacking
from dure.care.figures import visits
from dure.care.figures.asked import NONE, TITLES, Asked, the_month
from dure.care.figures.drawn import Chart, charts
from dure.care.figures.emergencies import TIMES
from dure.care.figures.forms import AskedForm
from dure.care.figures.head import head, once_earlier
from dure.care.figures.listed import as_lists, behind, with_costs
from dure.care.figures.page import Figures, figures, names
from dure.care.figures.published import published, to_publish
from dure.care.figures.reports import FORMATS, FiguresOf, left_out_says, published_report, report
from dure.people.doors import SignedIn, counted, for_officers, for_the_office
from dure.sheets.paper import Paper

A_PAGE = 100
WRONG = 422


def _spans(asked: Asked) -> list[tuple[str, Asked]]:
    """Spans that are asked for often."""
    today = clock.today()
    month = the_month(today)
    year = Asked(month.first.replace(month=1), month.first.replace(month=12, day=31))
    often = [
        (_("Today"), Asked(today, today)), (_("This month"), month), (_("Last month"), month.before),
        (_("This year"), year), (_("Last year"), year.before),
    ]  # fmt: skip
    return [(name, asked.on(span.first, span.last)) for name, span in often]


def _ways(asked: Asked) -> list[tuple[object, Asked]]:
    """The same, by each thing that can be compared."""
    return [(name, asked.comparing(by)) for by, name in TITLES.items()]


@require_GET
@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """Everything about some days: the figures seen first, charts, and tables in which each number opens its rows."""
    form, now = AskedForm(request.GET, standing=request.standing), clock.now()
    if not form.is_valid():
        return render(request, "figures/show.html", {"form": form}, status=WRONG)
    asked = form.asked()
    found = figures(request.standing, asked, now)
    shown = {
        "form": form, "asked": asked, "found": found, "spans": _spans(asked), "today": clock.today(), "times": TIMES,
        "head": head(found.whole, once_earlier(request.standing, asked, now)), "charts": _charts(request, found),
        "ways": _ways(asked), "chosen": form.chosen(), "lacking": lacking(),
    }  # fmt: skip
    return render(request, "figures/show.html", shown)


def _charts(request: SignedIn, found: Figures) -> list[Chart]:
    over_time = visits.over_time(request.standing, found.asked.until(clock.today()))
    return charts(found.asked, over_time, found.found)


@require_GET
@for_the_office
def rows(request: SignedIn) -> HttpResponse:
    """The rows behind one number."""
    form = AskedForm(request.GET, standing=request.standing)
    if not form.is_valid():
        return render(request, "figures/show.html", {"form": form}, status=WRONG)
    asked, line = form.asked(), request.GET.get("line", "")
    known = {**names(asked.by, request.standing), NONE: _("none known"), "": ""}
    if line not in known:
        raise Http404
    found = behind(request.standing, asked, request.GET.get("of", "planned"), line, clock.now())
    if found is None:
        raise Http404
    page, costs = Paginator(found.rows, A_PAGE).get_page(request.GET.get("page")), found.measure in visits.COST
    shown = {
        "page": page, "rows": with_costs(list(page)) if costs else as_lists(found.sort, list(page)),
        "sort": found.sort, "measure": found.measure, "asked": asked, "line": known[line], "times": TIMES,
        "costs": costs,
    }  # fmt: skip
    return render(request, "figures/rows.html", shown)


@require_GET
@for_the_office
@counted("downloads")
def download(request: SignedIn) -> HttpResponse:
    """The same tables to take along: no persons in them."""
    form, now = AskedForm(request.GET, standing=request.standing), clock.now()
    if not form.is_valid():
        return render(request, "figures/show.html", {"form": form}, status=WRONG)
    found = figures(request.standing, form.asked(), now)
    paper = report(found, _charts(request, found), form.chosen(), request.user.office.name, now)
    return _file(request, paper, _("figures"), found.asked)


@require_GET
@for_officers
def give_out(request: SignedIn) -> HttpResponse:
    """What may be given out: without persons, small numbers left out."""
    form, now = AskedForm(request.GET, standing=request.standing), clock.now()
    if not form.is_valid():
        return render(request, "figures/published.html", {"form": form}, status=WRONG)
    asked = to_publish(form.asked())
    shown = {
        "form": form, "asked": asked, "given": published(request.standing, asked, now), "says": left_out_says(),
        "today": clock.today(), "ways": _ways(asked), "lacking": lacking(),
    }  # fmt: skip
    return render(request, "figures/published.html", shown)


@require_GET
@for_officers
@counted("downloads")
def download_published(request: SignedIn) -> HttpResponse:
    """What may be given out, to take along."""
    form, now = AskedForm(request.GET, standing=request.standing), clock.now()
    if not form.is_valid():
        return render(request, "figures/published.html", {"form": form}, status=WRONG)
    asked = to_publish(form.asked())
    paper = published_report(published(request.standing, asked, now), asked, request.user.office.name, now)
    return _file(request, paper, _("figures to be given out"), asked)


def _file(request: SignedIn, paper: Paper, name: str, asked: Asked) -> HttpResponse:
    """A file of the form that is asked for; it stands in the record."""
    kind = request.GET.get("as", "xlsx")
    if kind not in FORMATS:
        raise Http404
    made = file(paper, kind, f"{name}-{asked.name.replace(' – ', '_')}".replace(" ", "-"))
    looks.without_names()
    note(at=clock.now(), who=request.user, did="downloaded", about=FiguresOf(request.standing.office, asked.name))
    return made
