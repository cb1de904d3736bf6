"""What people hold in their hands: a worker's phone and an office's browser. Both speak HTTP, as outside."""

import html
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

SECONDS = 60


class _Stays(HTTPRedirectHandler):
    """The page that follows a form is opened when somebody looks at it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Unexpected(Exception):
    """The product answered otherwise than the story needs."""


def _say(opener: Any, request: Request) -> tuple[int, str]:
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as answer:
        return answer.code, answer.read().decode(errors="replace")


@dataclass
class Phone:
    """A worker's phone: it makes the key of each report, and knows which were acknowledged."""

    address: str
    key: str
    name: str
    made: int = 0
    acknowledged: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._opener = build_opener()

    def report(
        self, kind: str, about: uuid.UUID, body: dict[str, Any], *, seen_at: datetime, sent_at: datetime
    ) -> uuid.UUID:
        """Hand in a report; it counts once, however often it is sent."""
        self.made += 1
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.key} {self.made}")
        envelope = {
            "kind": kind, "version": 1, "about": str(about),
            "gravity": "danger" if body.get("danger") else body.get("outcome", ""),
            "seen_at": seen_at.astimezone(UTC).isoformat(), "sent_at": sent_at.astimezone(UTC).isoformat(),
            "body": json.dumps(body, ensure_ascii=False),
        }  # fmt: skip
        request = Request(
            f"{self.address}/api/field/v1/reports/{key}", json.dumps(envelope).encode(), method="PUT",
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )  # fmt: skip
        status, text = _say(self._opener, request)
        if status not in (200, 201):
            raise Unexpected(f"{self.name}: {kind} → {status} {text[:300]}")
        self.acknowledged.append(key)
        return key


class Browser:
    """Somebody's browser in an office: signed in once, pages and forms as they are."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self.address, self.username = address, username
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), _Stays)
        self.get("/login/")
        self.post("/login/", username=username, password=password)

    def get(self, path: str) -> str:
        """Open a page."""
        return self._answer(Request(self.address + path))

    def post(self, path: str, **fields: Any) -> str:
        """Send a form."""
        token = next((c.value for c in self.cookies if c.name == "csrftoken"), "") or ""
        said = urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True)
        return self._answer(Request(self.address + path, said.encode(), headers={"Referer": self.address + path}))

    def download(self, path: str) -> bytes:
        """Fetch a file."""
        try:
            with self._opener.open(self.address + path, timeout=SECONDS) as answer:
                return bytes(answer.read())
        except HTTPError as answer:
            raise Unexpected(f"{self.username}: {path} → {answer.code}") from answer

    def _answer(self, request: Request) -> str:
        status, text = _say(self._opener, request)
        wanted = {302, 303} if request.data else {200}
        if status not in wanted:
            said = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>|(?s:<style.*?</style>)", " ", text)))
            raise Unexpected(f"{self.username}: {request.get_method()} {request.selector} → {status} {said[:600]}")
        return text
