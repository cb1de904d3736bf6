"""The own account: password, second step, passkeys, recovery codes, and where one is signed in."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dure import clock
from dure.audit.actions import note
from dure.people.doors import SignedIn, only, with_given_password
from dure.people.models import Role
from dure.postgres.texts import key as row_named
from dure.signing import codes, passkeys, tries
from dure.signing.actions import demanded, end, on_shift
from dure.signing.forms import CodeForm, ConfirmForm, NewPasswordForm, right_password
from dure.signing.models import CodeApp, Passkey, RecoveryCode, Second, SignIn
from dure.signing.views.door import SECRET, onward, picture, secret_of

for_everybody = only(*Role.values)
FRESH = timedelta(minutes=15)
View = Callable[..., HttpResponse]


def fresh(view: View) -> View:
    """Only for who has shown within a quarter of an hour that it is they: a screen left open isn't enough."""

    @wraps(view)
    def guarded(request: SignedIn, *args: Any) -> HttpResponseBase:
        if clock.real() - _signed(request).proved_at <= FRESH:
            return view(request, *args)
        return redirect("account_confirm")

    return guarded  # type: ignore[return-value]


def _signed(request: SignedIn) -> SignIn:
    signed: SignIn = request.signed  # type: ignore[attr-defined]
    return signed


@require_GET
@for_everybody
def show(request: SignedIn) -> HttpResponse:
    """With what one signs in, and where one is signed in."""
    person, signed = request.user, _signed(request)
    open_now = SignIn.objects.open().filter(person=person, used_at__gt=clock.real() - timedelta(days=1))
    return render(request, "signing/account.html", {
        "app": CodeApp.objects.filter(person=person).first(), "passkeys": Passkey.objects.filter(person=person),
        "left": RecoveryCode.objects.filter(person=person, used_at=None).count(), "signed": signed,
        "sign_ins": open_now[:50], "possible": passkeys.possible(request), "shift": on_shift(person, clock.now()),
        "held": person.memberships.on(clock.today()).select_related("organisation"),
    })  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_everybody
def confirm(request: SignedIn) -> HttpResponse:
    """The own password once more, before something about the account is changed."""
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        try:
            if right_password(request, request.user.username, form.cleaned_data["password"]):
                SignIn.objects.filter(pk=_signed(request).pk).update(proved_at=clock.real())
                request.session.cycle_key()
                return redirect("account")
            form.add_error("password", _("The password is wrong."))
        except tries.Locked as locked:
            form.add_error("password", locked.message)
    return render(request, "signing/confirm.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_everybody
@with_given_password
def change_password(request: SignedIn) -> HttpResponse:
    """Another password; everywhere else one is signed out."""
    form = NewPasswordForm(request, request.POST or None)
    if form.is_valid():
        given = bool(request.user.password_given_at)
        with transaction.atomic():
            person = form.save()
            update_session_auth_hash(request, person)
            others = SignIn.objects.filter(person=person).exclude(pk=_signed(request).pk)
            end(others, by=person, real=clock.real())
            note(at=clock.now(), who=person, did="changed the password", about=person)
        messages.success(request, _("The password is changed. Everywhere else you are signed out."))
        return redirect("first" if given else "account")
    return render(request, "signing/password.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_everybody
@fresh
def app(request: SignedIn) -> HttpResponse:
    """A code app is set up, the first one or one on a new phone."""
    person, secret, form = request.user, secret_of(request), CodeForm(request.POST or None)
    if form.is_valid():
        tries.reserve(person.username, tries.ANYWHERE, real=clock.real())
        if codes.set_up(person, secret, form.cleaned_data["code"].replace(" ", ""), real=clock.real()):
            del request.session[SECRET]
            tries.forget(person.username, tries.ANYWHERE)
            return _changed(request, "set up a code app", Second.CODE)
        form.add_error("code", _("This code doesn't hold. Wait for the next one, or check the phone's clock."))
    return render(request, "signing/app.html", {"form": form, **picture(request, secret, person)})


def _changed(request: SignedIn, did: str, second: Second) -> HttpResponse:
    """Something was added: with the first come recovery codes, and from here on this sign-in has its second step."""
    note(at=clock.now(), who=request.user, did=did, about=request.user)
    SignIn.objects.filter(pk=_signed(request).pk, second="").update(second=second)
    request.session.cycle_key()
    if RecoveryCode.objects.filter(person=request.user).exists():
        messages.success(request, _("Set up."))
        return redirect("account")
    return _codes(request)


@require_POST
@for_everybody
@fresh
def new_codes(request: SignedIn) -> HttpResponse:
    """Recovery codes anew; the earlier ones hold no more."""
    note(at=clock.now(), who=request.user, did="made recovery codes", about=request.user)
    return _codes(request)


def _codes(request: SignedIn) -> HttpResponse:
    made = codes.new_recovery_codes(request.user, real=clock.real())
    return render(request, "signing/codes.html", {"codes": made, "next": "/account/"})


@require_POST
@for_everybody
@fresh
def ask_new_passkey(request: SignedIn) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(passkeys.ask_for_new(request, request.user))


@require_POST
@for_everybody
@fresh
def add_passkey(request: SignedIn) -> HttpResponse:
    """A passkey more."""
    name, answer = request.POST.get("name", ""), request.POST.get("answer", "")
    passkeys.add(request, request.user, name, answer, real=clock.real())
    return _changed(request, "added a passkey", Second.PASSKEY)


@require_POST
@for_everybody
@fresh
def remove(request: SignedIn) -> HttpResponse:
    """A passkey or the code app less; not the last one of who needs a second step."""
    person, which = request.user, request.POST.get("which", "")
    keys, apps = Passkey.objects.filter(person=person), CodeApp.objects.filter(person=person)
    gone = apps if which == "app" else keys.filter(pk=row_named(which))
    if keys.count() + apps.count() <= 1 and demanded(person, request.standing.roles, _signed(request).address):
        messages.error(request, _("This is your only second step. Set up another one first."))
    elif gone.delete()[0]:
        note(at=clock.now(), who=person, did="removed a second step", about=person)
        messages.success(request, _("Removed."))
    return redirect("account")


@require_POST
@for_everybody
def end_elsewhere(request: SignedIn) -> HttpResponse:
    """Signed out at one other place, or at all others."""
    which = request.POST.get("which", "")
    others = SignIn.objects.filter(person=request.user).exclude(pk=_signed(request).pk)
    if which != "all":
        others = others.filter(pk=row_named(which))
    end(others, by=request.user, real=clock.real())
    messages.success(request, _("Signed out there."))
    return redirect("account")


@require_POST
@for_everybody
def stay(request: SignedIn) -> HttpResponse:
    """Somebody is still there: pressing this is use."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(onward(request, request.POST.get("next", "/")))
