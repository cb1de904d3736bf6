"""Choosing a file in a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dure.files.actions import TOO_LARGE
from dure.files.models import LARGEST


class KeptFile(forms.FileField):
    """A file of at most 10 MB. What is larger is said at the field, and what else was entered stays."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, if it can be kept."""
        file = super().clean(data, initial)
        if file and file.size > LARGEST:
            raise ValidationError(str(TOO_LARGE))
        return file
