"""Columns whose values lie sealed in the data base. Pages, forms, papers and lists read and write them as ever.

A value remembers how it lay in the data base: saved unchanged, it goes back as it was. One that can't be read says so
in words, and is never lost by saving. Nothing can be searched or sorted by them; that nothing stands there can be seen.
"""

import json
from typing import Any, Self

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext

from dure.sealing.box import MARK, is_sealed, seal, unseal


class Read(str):
    """A text that was sealed, as it reads, with how it lay in the data base."""

    sealed: str
    where: str
    unreadable: bool = False

    @classmethod
    def of(cls, sealed: str, where: str) -> Self:
        """As it reads, or words that say that it can't be read."""
        found = unseal(sealed, where)
        made = cls(gettext("(can't be read)") if found is None else found.decode())
        made.sealed, made.where, made.unreadable = sealed, where, found is None
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


class Remembering(DeferredAttribute):
    """The same text given again is the value that was read, so that a form that was sent unchanged changes nothing."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        name = self.field.attname
        before = instance.__dict__.get(name)
        instance.__dict__[name] = before if isinstance(before, Read) and value == before else value


def where_of(field: "models.Field[Any, Any]") -> str:
    """To which column a value is bound."""
    return f"{field.model._meta.db_table}.{field.column}"


class _OnlyEmpty(models.lookups.Exact):
    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", None, {}, []):
            raise FieldError(SEALED_ASKED % self.lhs.output_field.name)
        return super().get_prep_lookup()


SEALED_ASKED = "%s is sealed: nothing can be searched by it, but whether something stands there."


class OnlyEmpty:
    """A sealed column can be asked for nothing but whether something stands in it."""

    name: str

    def get_lookup(self, name: str) -> Any:
        """`exact`, for what is empty, and `isnull`."""
        if name not in ("exact", "isnull"):
            raise FieldError(SEALED_ASKED % self.name)
        return _OnlyEmpty if name == "exact" else super().get_lookup(name)  # type: ignore[misc]

    def get_transform(self, name: str) -> Any:
        """None: what lies inside can't be reached."""
        raise FieldError(SEALED_ASKED % self.name)


class _ReadDict(dict[str, Any]):
    lay: tuple[str, str | None]


class _ReadList(list[Any]):
    lay: tuple[str, str | None]


class _Unreadable(bytes):
    lay: bytes


class SealedText(OnlyEmpty, models.CharField):  # type: ignore[type-arg]
    """A text of so many letters at most, sealed."""

    descriptor_class = Remembering

    def db_type(self, connection: Any) -> str:
        return "text"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Read.of(value, where_of(self)) if value and is_sealed(value) else value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Read) and value.where == where_of(self):
            return value.sealed
        text = super().get_prep_value(value)
        return seal(str(text).encode(), where_of(self)) if text else text


class SealedJSON(OnlyEmpty, models.JSONField):
    """Values, sealed together. What can't be read is as if nothing stood there, and saving leaves it alone."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        read = super().from_db_value(value, expression, connection)
        if not is_sealed(read):
            return read
        found = unseal(read, where_of(self))
        plain = self.get_default() if found is None else json.loads(found, cls=self.decoder)
        made: Any = _ReadList(plain) if isinstance(plain, list) else _ReadDict(plain)
        made.lay = (read, self._text(plain))
        return made

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if hasattr(value, "as_sql") or isinstance(value, str):
            return super().get_db_prep_value(value, connection, prepared)
        sealed, text = getattr(value, "lay", (None, None))
        if sealed is None or text != self._text(value):
            sealed = seal(self._text(value).encode(), where_of(self)) if value else value
        return super().get_db_prep_value(sealed, connection, prepared)

    def _text(self, value: Any) -> str:
        return json.dumps(value, cls=self.encoder, ensure_ascii=False, sort_keys=True)


class SealedBytes(OnlyEmpty, models.BinaryField):  # type: ignore[type-arg]
    """The bytes of a file, sealed. Those that can't be read are empty, and saving leaves them alone."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        if value is None or bytes(value[: len(MARK)]) != MARK.encode():
            return None if value is None else bytes(value)
        found = unseal(bytes(value).decode(), where_of(self))
        if found is None:
            unread = _Unreadable()
            unread.lay = bytes(value)
            return unread
        return found

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, _Unreadable):
            value = value.lay
        elif value is not None:
            value = seal(bytes(value), where_of(self)).encode()
        return super().get_db_prep_value(value, connection, prepared)


SEALED = (SealedText, SealedJSON, SealedBytes)
