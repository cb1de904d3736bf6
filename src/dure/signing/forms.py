"""What people enter to sign in and to change how."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dure import clock
from dure.offices.acting import acting
from dure.people.doors import SignedIn
from dure.people.models import Person
from dure.signing import network, tries

LAPSED = _("This password was given to you more than %(days)s days ago and holds no more. Ask for a new one.")


def right_password(request: HttpRequest, name: str, password: str) -> Person | None:
    """Whose name and password this is; counted as a try, and refused after too many."""
    address = network.household(network.client(request))
    tries.reserve(name, address, real=clock.real())
    with acting(None):
        person = authenticate(request, username=name, password=password)
    if not isinstance(person, Person):
        return None
    tries.give_back(name, address)
    return person


def too_old(person: Person) -> bool:
    """Whether a password that somebody else gave has lain about for too long."""
    given = person.password_given_at
    return given is not None and clock.real() - given > timedelta(days=settings.DURE_GIVEN_DAYS)


class SignInForm(forms.Form):
    """Name and password. What is wrong is never said more exactly than that."""

    username = forms.CharField(
        label=_("Log-in name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.person = request, None

    person: Person | None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            try:
                self.person = right_password(self.request, found["username"], found["password"])
            except tries.Locked as locked:
                raise forms.ValidationError(locked.message) from locked
            if self.person is None:
                raise forms.ValidationError(_("Log-in name or password is wrong. Capital and small letters matter."))
            if too_old(self.person):
                raise forms.ValidationError(LAPSED % {"days": settings.DURE_GIVEN_DAYS})
        return found


class CodeForm(forms.Form):
    """A code of the app, or one from paper."""

    code = forms.CharField(
        label=_("Code"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )  # fmt: skip


class ConfirmForm(forms.Form):
    """The own password once more."""

    password = forms.CharField(
        label=_("Password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip


class NewPasswordForm(PasswordChangeForm):
    """Another password: the old one is counted like a sign-in."""

    def __init__(self, request: SignedIn, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request

    def save(self, commit: bool = True) -> Any:
        """Only the password: what somebody else has changed of the account meanwhile stays."""
        self.user.set_password(self.cleaned_data["new_password1"])
        self.user.password_given_at = None
        self.user.save(update_fields=["password", "password_given_at"])
        return self.user

    def clean_new_password1(self) -> str:
        """Another one, really."""
        new: str = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError(_("This is the password you have now. Choose another one."))
        return new

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        try:
            if right_password(self.request, self.user.username, given) is None:
                raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        except tries.Locked as locked:
            raise forms.ValidationError(locked.message) from locked
        return given
