"""The answers that users hold on to, as recorded at a release: every table's bytes, the links, and the API's paths.

A change of structure changes none of them. A change that is meant records the set anew (`python -m recorded`) and says so in the
changelog.
"""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from itertools import product
from pathlib import Path

from asgi import ask

from sentiment.web import links
from sentiment.web.api import ApiMiddleware

FILE = Path(__file__).parent / "answers.json"
_LINKS = Path(__file__).parents[2] / "data" / "links.csv"
_SELECTIONS = (
    "",
    "as_of=2025-12-02",
    "as_of=2022-06-18&known_at=2026-10-04T12:00:00Z",
    "as_of=2026-02-17&range=1Y",
    "as_of=2026-02-17&start=2025-11-01",
    "as_of=2025-12-02&weights=drawdown:20,policy:0,research_tone:0",
    "as_of=2026-05-20&publisher=K33+Research&about=BTC-USD&find=leverage",
    "as_of=2026-01-05&series=VIX&horizon=90&seed=7",
)
_TABLES = ("scores", "prices", "components", "notes", "calls", "claims", "publishers", "evidence")


async def _page(_scope, _receive, _send):
    raise AssertionError("the API answers its own addresses")


def record() -> str:
    """Return the set as JSON: the status, the number of lines and the digest of each answer."""
    api = ApiMiddleware(_page)
    answers = {}
    addresses = [f"{name}.csv?{query}" for name, query in product(_TABLES, _SELECTIONS)]
    addresses += [f"{name}.json?as_of=2025-12-02" for name in _TABLES]
    addresses += ["badge.svg?as_of=2025-12-02", "scores.csv?asset=NONE", "scores.csv?as_of=never"]
    for address in addresses:
        answer = ask(api, f"/api/v1/{address}")
        answers[address] = [answer.status, answer.body.count(b"\n"), sha256(answer.body).hexdigest()]
    document = ask(api, "/api/v1/openapi.json").json
    paths = {
        path: {
            method: [
                parameter.get("name") or parameter["$ref"].rpartition("/")[2]
                for parameter in operation.get("parameters", ())
            ]
            for method, operation in operations.items()
        }
        for path, operations in document["paths"].items()
    }
    saved = {
        row["link"]: links.to_query(links.from_query(row["link"])[0])
        for row in csv.DictReader(_LINKS.read_text(encoding="utf-8").splitlines())
    }
    return json.dumps({"answers": answers, "paths": paths, "links": saved}, indent=1) + "\n"
