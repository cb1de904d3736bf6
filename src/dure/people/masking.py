"""Masking: lists show who is meant without saying who it is. Unmasking is a look, and is recorded."""

import re

COMPOUND = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")


def masked_name(name: str) -> str:
    """A name as lists show it.

    >>> [masked_name(n) for n in ["홍길동", "홍길", "남궁민수", "남궁민", "황보", "Nguyen Van An", ""]]
    ['홍*동', '홍*', '남궁*수', '남궁*', '황*', 'N***** V** A*', '']
    """
    name = name.strip()
    if " " in name or (name and not re.match("[가-힣]", name)):
        return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
    family = name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]
    given = name[len(family) :]
    if len(given) < 2:
        return family + "*" * len(given)
    return family + "*" * (len(given) - 1) + given[-1]


def masked_phone(phone: str) -> str:
    """A number as lists show it.

    >>> [masked_phone(p) for p in ["010-1234-5678", "01012345678", "062-960-1234", ""]]
    ['010-****-5678', '010-****-5678', '062-***-1234', '']
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 7:
        return "*" * len(digits)
    head = 2 if digits.startswith("02") else 3
    return f"{digits[:head]}-{'*' * (len(digits) - head - 4)}-{digits[-4:]}"


def masked_address(address: str) -> str:
    """An address down to the dong (or, when it names none, to the gu).

    >>> [masked_address(a) for a in ["광주 광산구 첨단1동 첨단중앙로 12", "광산구 첨단중앙로 12", "첨단중앙로 12"]]
    ['광주 광산구 첨단1동', '광산구', '']
    """
    words = address.split()
    for ends in ("동읍면", "구군"):
        for place, word in enumerate(words):
            if len(word) > 1 and word[-1] in ends and not word[:-1].isdigit():  # "101동" is a house
                return " ".join(words[: place + 1])
    return ""
