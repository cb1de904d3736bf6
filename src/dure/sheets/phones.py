"""Reading phone numbers as Korean offices write them."""

import re

import phonenumbers

from dure.sheets.problems import N_, Problem
from dure.sheets.tables import Value
from dure.sheets.words import as_text, dashes, is_nothing

_AS_WRITTEN = re.compile(r"0\d{1,3}-\d{3,4}-\d{4}|1\d{3}-\d{4}")
_KOREAN = re.compile(  # mobile, area, internet, free, personal and company numbers; which are given out, nobody tells
    r"010\d{8}|01[16-9]\d{7,8}|(02|03[1-3]|04[1-4]|05[1-5]|06[1-4]|070|080)\d{7,8}|050\d{8,9}|1[568]\d{6}"
)
_SHORT = {"110", "112", "119", "120", "129", "1366", "1388", "1577-1389", "182"}


def phone(value: Value) -> str | Problem | None:
    """One phone number as people write it (010-1234-5678), also when Excel has eaten its first zero."""
    written = dashes(as_text(value))
    if is_nothing(written):
        return None
    if wrong := _wrong_way(written):
        return Problem(wrong, value=written)
    digits = re.sub(r"[^\d+]", "", written)
    if re.fullmatch(r"2\d{3}-?\d{4}", written):  # 02-345-6789 without its zero, or 2345-6789 of another place
        return Problem(
            N_("The area code of '%(value)s' isn't certain. Write it in front, like 062-123-4567."), value=written
        )
    if digits.startswith("+82"):
        digits = "0" + digits.removeprefix("+82").removeprefix("0")
    elif digits[:1] in "123456789" and not _KOREAN.fullmatch(digits):
        digits = f"0{digits}"  # eaten by Excel
    if not _works(digits):
        return Problem(
            N_("'%(value)s' can't be a phone number (%(digits)d digits). Write it like 010-1234-5678."),
            value=written,
            digits=len(digits),
        )
    return written if _AS_WRITTEN.fullmatch(written) else _formatted(digits)


def phone_or_short(value: Value) -> str | Problem | None:
    """A phone number, or one of the public short ones (119, 112, 129 …): for a contact network."""
    written = as_text(value)
    return written if written in _SHORT else phone(value)


def digits_of(number: str) -> str:
    """What is compared when two numbers are held against each other.

    >>> digits_of("+82 10-1234-5678") == digits_of("010 1234 5678")
    True
    """
    digits = re.sub(r"\D", "", number)
    return "0" + digits[2:].removeprefix("0") if number.strip().startswith("+82") else digits


def _wrong_way(written: str) -> str | None:
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", written):
        return N_("Excel has shortened this number (%(value)s). Set the column to text and type it again.")
    if len(re.findall(r"\d{3,4}[-. )]?\d{4}(?!\d)", written)) > 1:
        return N_("There are two numbers here (%(value)s). Write one; put the other into another column.")
    if re.search(r"[oO]\d|\d[oO]|l\d|\dl", written):
        return N_("There is a letter between the digits (%(value)s). Type the number again.")
    if re.search(r"[^\d+\-. ()]", written):
        if re.search(r"\d{4}", written):
            return N_("Write only the number here, not '%(value)s'. Put the rest into another column.")
        return N_("'%(value)s' is not a phone number. Write it like 010-1234-5678.")
    return None


def _works(digits: str) -> bool:
    if not digits.startswith("+"):
        return bool(_KOREAN.fullmatch(digits))
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits))
    except phonenumbers.NumberParseException:
        return False


def _formatted(digits: str) -> str:
    if digits.startswith("+"):
        return phonenumbers.format_number(phonenumbers.parse(digits), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    head = 2 if digits.startswith("02") else 4 if digits.startswith(("050", "1")) else 3
    parts = [digits[:head], digits[head:-4], digits[-4:]]
    return "-".join(part for part in parts if part)
