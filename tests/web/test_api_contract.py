"""The API held to its own OpenAPI document by requests that nobody thought of, on a real server."""

import os

import ports
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from sentiment.web.api import ApiMiddleware
from sentiment.web.api.addresses import ADDRESSES

pytestmark = pytest.mark.slow


async def page(_, __, send):
    """What stands behind the API here."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


schemathesis.openapi.format("date", st.dates().map(str) | st.just("2025-12-02"))
schemathesis.openapi.format("date-time", st.just("2026-10-04T12:00:00Z"))


@pytest.fixture(scope="module")
def described():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "SENTIMENT_API_RATE", "0")
        api = ApiMiddleware(page)
    with ports.served(api, host="127.0.0.1", ws="none") as port:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=120)


TOO_LONG = 414
# Pictures are read alike, JSON refuses what CSV refuses, and the further forms are written by the same code for every table.
PICTURES = ("/api/v1/badge.svg", "/api/v1/card.svg", "/api/v1/chart/fear.svg")
FURTHER = tuple(f"/api/v1/claims.{form}" for form in ("metadata.json", "zip", "xlsx"))
TOLD = [
    address
    for address, (_, form) in ADDRESSES.items()
    if form in {"csv", "json", "atom", "ics"} or address in PICTURES + FURTHER
]
FOUND = [
    (address, mode)
    for address in TOLD
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or not address.endswith((".json", *FURTHER))
]
PLAIN = [
    (address, GenerationMode.POSITIVE)
    for address in ("/api/v1/", "/api/v1/openapi.json", "/api/v1/widgets.json", "/healthz", "/readyz")
]


@pytest.mark.parametrize(("address", "mode"), [*FOUND, *PLAIN])
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_answer_is_as_described(described, address, mode, data):
    operation = described[address]["GET"]
    case = data.draw(operation.as_strategy(generation_mode=mode))
    # A day of the right form may lie outside of the prices, and a start after its end: no schema can say so.
    answer = case.call(timeout=120)  # its own limit of 10 s would be a question of who is faster
    # 414 refuses as well; the list of what refuses has it not.
    known = [positive_data_acceptance, *([negative_data_rejection] if answer.status_code == TOO_LONG else [])]
    case.validate_response(answer, excluded_checks=known)
