"""Choosing a file in a form."""

import os
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from dure.errors import Refused
from dure.files.actions import TOO_LARGE
from dure.files.models import LARGEST
from dure.files.sorts import DOCUMENTS, taken


class KeptFile(forms.FileField):
    """A file of at most 10 MB, of the sorts that the form takes. What is refused is said at the field."""

    def __init__(self, *, sorts: Collection[str] = DOCUMENTS, **kwargs: Any) -> None:
        accept = ",".join(f".{each}" for each in sorted({*sorts, *(["jpeg"] if "jpg" in sorts else [])}))
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), **kwargs)
        self.sorts = sorts

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file as it is kept: named after what it is, a photo without what the camera wrote into it."""
        file = super().clean(data, initial)
        if not file:
            return file
        if file.size > LARGEST:
            raise ValidationError(str(TOO_LARGE))
        try:
            name, kept = taken(file.name, file.read(), self.sorts)
        except Refused as refused:
            raise ValidationError(refused.message) from refused
        if len(kept) > LARGEST:
            raise ValidationError(str(TOO_LARGE))
        return SimpleUploadedFile(os.path.basename(name), kept)
