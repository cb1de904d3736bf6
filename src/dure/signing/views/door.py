"""Signing in and out: name and password, then the second step; or a passkey, which is both."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dure import clock
from dure.offices.acting import act
from dure.people.actions import standing
from dure.people.models import Person
from dure.signing import codes, network, passkeys, tries
from dure.signing.actions import SIGNED, begin, demanded, end, has_second
from dure.signing.forms import CodeForm, SignInForm
from dure.signing.models import CodeApp, Second, SignIn
from dure.signing.sealing import seal, unseal

HALF, SECRET = "half", "secret"  # in the session: who has given the password; the secret that is being set up
MINUTES = 10  # for the second step
View = Callable[[HttpRequest, Person], HttpResponse]


def onward(request: HttpRequest, to: str) -> str:
    """Where somebody wanted to go, if it is here."""
    path = to.startswith("/") and to.isprintable()  # anything else would be looked up as the name of a page
    return to if path and url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else "/"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    to = onward(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.user.is_authenticated:
        return redirect(to)
    form = SignInForm(request, request.POST or None)
    if form.is_valid() and form.person:
        return _after_the_password(request, form.person, to)
    return render(request, "signing/sign_in.html", {"form": form, "next": to, "passkeys": passkeys.possible(request)})


def _after_the_password(request: HttpRequest, person: Person, to: str) -> HttpResponse:
    act(person.office_id, person.pk, [])
    address = network.client(request)
    roles = standing(person, clock.now().astimezone(ZoneInfo(person.office.zone)).date()).roles
    owed, has = demanded(person, roles, address), has_second(person)
    if not owed and not (has and not network.is_inside(address)):
        return _in(request, person, Second.NONE, to)
    request.session.flush()
    begun, given = int(clock.real().timestamp()), person.get_session_auth_hash()
    request.session[HALF] = [person.office_id, person.pk, begun, given, to]
    return redirect("login_code" if has else "login_set_up")


def _in(request: HttpRequest, person: Person, second: Second, to: str) -> HttpResponse:
    _over(request)
    begin(request, person, second, now=clock.now(), real=clock.real())
    if person.office.is_demo and not second:
        messages.info(request, _("An office for trying out: no second step is asked for. A real office asks for one."))
    return redirect(to)


def _over(request: HttpRequest) -> None:
    """Nobody is half way any more."""
    for each in (HALF, SECRET):
        request.session.pop(each, None)


def half_way(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Only for who has just given the right password."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        office, pk, at, given, _to = request.session.get(HALF) or [0, 0, 0, "", ""]
        if clock.real().timestamp() - at > MINUTES * 60:
            return redirect("login")
        act(office, pk, [])
        person = Person.objects.select_related("office").filter(pk=pk, left_at=None).first()
        same = person and constant_time_compare(person.get_session_auth_hash(), given)  # the password is still the one
        return view(request, person) if person and same else redirect("login")

    return guarded


def _to(request: HttpRequest) -> str:
    return onward(request, (request.session.get(HALF) or ["/"])[-1])


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@half_way
def code(request: HttpRequest, person: Person) -> HttpResponse:
    """The second step: a code of the app, one from paper, or a passkey."""
    if not has_second(person):
        return redirect("login_set_up")
    form = CodeForm(request.POST or None)
    form.fields["code"].widget.attrs["autofocus"] = True
    if form.is_valid():
        try:
            tries.reserve(person.username, tries.ANYWHERE, real=clock.real())
            second = codes.check(person, form.cleaned_data["code"], real=clock.real())
            if second:
                return _with_code(request, person, second)
            form.add_error("code", _("This code doesn't hold. Wait for the next one, or check the phone's clock."))
        except tries.Locked as locked:
            form.add_error(None, locked.message)
    has_app = CodeApp.objects.filter(person=person).exists()
    shown = {"form": form, "passkeys": passkeys.possible(request), "has_app": has_app}
    return render(request, "signing/code.html", shown)


def _with_code(request: HttpRequest, person: Person, second: Second) -> HttpResponse:
    to = _to(request)
    if second == Second.RECOVERY:
        left = person.recovery_codes.filter(used_at=None).count()
        said = ngettext("%(n)s recovery code is left.", "%(n)s recovery codes are left.", left) % {"n": left}
        messages.warning(request, said)
    return _in(request, person, second, to)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@half_way
def set_up(request: HttpRequest, person: Person) -> HttpResponse:
    """The first sign-in: a code app or a passkey is set up. Until then nothing else is reached."""
    if has_second(person):
        return redirect("login_code")
    secret, form, real = secret_of(request), CodeForm(request.POST or None), clock.real()
    if answer := request.POST.get("answer"):
        passkeys.add(request, person, request.POST.get("name", ""), answer, real=real)
        return _set_up(request, person, Second.PASSKEY)
    if form.is_valid():
        tries.reserve(person.username, tries.ANYWHERE, real=real)
        if codes.set_up(person, secret, form.cleaned_data["code"].replace(" ", ""), real=real):
            return _set_up(request, person, Second.CODE)
        form.add_error("code", _("This code doesn't hold. Wait for the next one, or check the phone's clock."))
    return render(request, "signing/set_up.html", {"form": form, **picture(request, secret, person)})


def secret_of(request: HttpRequest) -> bytes:
    """The secret that is being set up: the same until it is done, so that a picture taken once holds."""
    kept = unseal(request.session[SECRET]) if SECRET in request.session else None
    secret = kept or codes.new_secret()
    if not kept:
        request.session[SECRET] = seal(secret)
    return secret


def picture(request: HttpRequest, secret: bytes, person: Person) -> dict[str, Any]:
    """What the pages show to set it up."""
    link = codes.link(secret, person)
    letters = codes.in_letters(secret)
    return {
        "link": link, "picture": codes.picture(link), "passkeys": passkeys.possible(request),
        "letters": " ".join(letters[i : i + 4] for i in range(0, len(letters), 4)),
    }  # fmt: skip


def _set_up(request: HttpRequest, person: Person, second: Second) -> HttpResponse:
    to = _to(request)
    _over(request)
    made = codes.new_recovery_codes(person, real=clock.real())
    begin(request, person, second, now=clock.now(), real=clock.real())
    return render(request, "signing/codes.html", {"codes": made, "next": to})


@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in with a passkey."""
    return JsonResponse(passkeys.ask(request))


@require_POST
@half_way
def ask_new_passkey(request: HttpRequest, person: Person) -> HttpResponse:
    """What the browser needs to make one at the first sign-in."""
    return JsonResponse({} if has_second(person) else passkeys.ask_for_new(request, person))


@require_POST
def with_passkey(request: HttpRequest) -> HttpResponse:
    """Signed in with finger, face or PIN: both steps in one."""
    to = onward(request, request.POST.get("next") or _to(request))
    person = passkeys.whose(request, request.POST.get("answer", ""), real=clock.real())
    if person is None:
        messages.error(request, _("This passkey isn't known here. Sign in with the password."))
        return redirect("login")
    return _in(request, person, Second.PASSKEY, to)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Signed out, here and on the server."""
    if request.user.is_authenticated:
        of = SignIn.objects.filter(pk=request.session.get(SIGNED) or 0, person=request.user.pk)
        end(of, by=request.user, real=clock.real())
    logout(request)
    return redirect("login")
