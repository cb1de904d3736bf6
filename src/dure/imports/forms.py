"""What a person says about a list: the file and whose it is, where its header stands, which column is which."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.imports.kinds import Column
from dure.people.models import Organisation
from dure.sheets.headers import Header


class UploadForm(forms.Form):
    """The file, and whose list it is."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("An Excel workbook (.xlsx) or a csv file, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Whose list is it?"), required=False, empty_label=_("The whole office's")
    )

    def __init__(self, *args: Any, only: Collection[int] | None, **kwargs: Any) -> None:
        """`only`: these organisations (a provider's desk uploads its own list); None: any, or the whole office's."""
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(kind=Organisation.Kind.PROVIDER).order_by("name")
        if only is not None:
            field.queryset = field.queryset.filter(pk__in=only)
            field.required, field.empty_label, field.initial = True, None, field.queryset.first()


class ColumnsForm(forms.Form):
    """For each column of the sheet: which of ours it is."""

    def __init__(self, *args: Any, header: Header, columns: Sequence[Column], chosen: dict[int, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        options = [("", _("Not taken")), *((c.key, f"{c.label} *" if c.must else c.label) for c in columns)]
        for index, name in enumerate(header.names):
            self.fields[f"c{index}"] = forms.ChoiceField(
                choices=options, label=name, required=False, initial=chosen.get(index, "")
            )

    @property
    def mapping(self) -> dict[int, str]:
        """Index of the column -> key; an empty key for a column that isn't taken."""
        return {int(name[1:]): key for name, key in self.cleaned_data.items()}
