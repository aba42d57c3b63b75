"""The answers that users hold on to, as recorded at a release: the bytes of eight tables, the links, and the API's paths.

A change of structure changes none of them. A change that is meant records the set anew (`PYTHONPATH=tests/support:. python -m recorded`) and says so in the
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


def _of_components(body: bytes, names: list[str]) -> bytes:
    """Keep the rows of these components: a new one adds rows, and changes none of them."""
    if body[:1] == b"{":
        content = json.loads(body)
        content["rows"] = [row for row in content["rows"] if row["component"] in names]
        return json.dumps(content).encode()
    header, *rows = body.splitlines(keepends=True)
    return b"".join([header, *(row for row in rows if row.split(b",")[1].decode() in names)])


def record(components: list[str]) -> str:
    """Return the set as JSON: the status, lines and digest of each answer (of these components), the links and the paths."""
    api = ApiMiddleware(_page)
    answers = {}
    addresses = [f"{name}.csv?{query}" for name, query in product(_TABLES, _SELECTIONS)]
    addresses += [f"{name}.json?as_of=2025-12-02" for name in _TABLES]
    addresses += ["badge.svg?as_of=2025-12-02", "scores.csv?asset=NONE", "scores.csv?as_of=never"]
    for address in addresses:
        answer = ask(api, f"/api/v1/{address}")
        body = _of_components(answer.body, components) if address.startswith("components.") else answer.body
        answers[address] = [answer.status, body.count(b"\n"), sha256(body).hexdigest()]
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
    content = {"components": components, "answers": answers, "paths": paths, "links": saved}
    return json.dumps(content, indent=1) + "\n"
