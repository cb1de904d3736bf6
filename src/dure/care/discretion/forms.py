"""Why a contact isn't to be told, or may be again."""

from django import forms
from django.utils.translation import gettext_lazy as L

from dure.people.fields import NoResidentNumbers


class WhyForm(NoResidentNumbers, forms.Form):
    """The reason; only the office sees it."""

    why = forms.CharField(label=L("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
