"""What docs/openapi.json says machines may ask is answered as it says, and never with an error of ours.

schemathesis makes requests that follow the document and ones that don't, for who is known and who isn't.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from dure import clock, urls
from dure.outbox.signed import signature
from dure.wsgi import application
from tests import make, matrix
from tests.field.world import day

pytestmark = pytest.mark.django_db
WRITTEN = json.loads((Path(__file__).parents[1] / "docs" / "openapi.json").read_text())
SCHEMA = schemathesis.openapi.from_dict(WRITTEN)
SIGN = "X-Sign-It"  # to the gateway that stands in front here


def gateway(environ: dict[str, Any], start: Any) -> Any:
    """The product, behind a gateway that signs what it is asked to sign."""
    if environ.pop("HTTP_X_SIGN_IT", ""):
        raw, stamp = (
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
            str(int(clock.real().timestamp())),
        )
        environ["wsgi.input"] = io.BytesIO(raw)
        environ["HTTP_DURE_TIMESTAMP"], environ["HTTP_DURE_SIGNATURE"] = stamp, signature(KEY, stamp, raw)
        environ["HTTP_X_SOLAPI_SECRET"] = sha1(KEY.encode()).hexdigest()
    return application(environ, start)


SCHEMA.app = gateway
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)
EVERY = [(path, method.upper()) for path, said in WRITTEN["paths"].items() for method in said]
BOUNDED = settings(
    max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
KEY = "a key of both"


def test_every_address_of_machines_is_in_the_document():
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{page.route}") for page in matrix.pages(urls.urlpatterns)}
    machines = {r for r in routes if r.startswith(("/api/", "/healthz", "/metrics"))}
    assert machines - {"/api/field/{rest}", "/api/field/v1/"} == set(WRITTEN["paths"])


@pytest.fixture
def bearer(moved: Callable[[datetime], None]) -> Iterator[str]:
    moved(make.NOON)
    for signal in (request_started, request_finished):  # as the test client does: the test goes on with its connection
        signal.disconnect(close_old_connections)
    yield day(2).key
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("path", "method"), EVERY)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_it_answers_as_it_says(path: str, method: str, known: bool, bearer: str, settings: Any):
    settings.DURE_GATEWAY_KEY, settings.DURE_SOLAPI = KEY, settings.DURE_SOLAPI | {"webhook": KEY}
    operation, codes = SCHEMA[path][method], set()

    @BOUNDED
    @given(st.data())
    def check(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.headers = {**(case.headers or {}), **proof(path, known, bearer)}
        answer = case.call()
        codes.add(answer.status_code)
        assert answer.status_code < 500 or path == "/healthz", answer.text
        case.validate_response(answer, checks=CHECKS)

    check()
    assert known or not codes & {200, 201} or path in ("/healthz", "/metrics")


def proof(path: str, known: bool, bearer: str) -> dict[str, str]:
    """A phone's key, or none that anybody knows; a gateway's signature is made where all bytes are there."""
    if "/field/" in path:
        return {"Authorization": f"Bearer {bearer if known else 'x' * 43}"}
    return {SIGN: "yes"} if known else {}
