"""The API's own description, made from the tables that it runs on: an OpenAPI document, and a page for people."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from sentiment.models import Selection
from sentiment.tables import columns, export
from sentiment.web.api.answers import MEDIA, as_json
from sentiment.web.api.parameters import ASKED, BASE, LOOK, OF, PARAMETERS
from sentiment.web.api.problems import KINDS
from sentiment.web.api.problems import MEDIA as PROBLEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.web.api.parameters import Parameter

_EXAMPLE = Selection(as_of=date(2025, 12, 2))
_JSON_KIND = {"text": ["string", "null"], "number": ["number", "null"], "integer": "integer"}
_BADGE = "The reading of the day in one line, as a small picture."
_FAILURES = ("400", "403", "414", "429", "500", "503")
_HEADERS = {
    "ETag": "Names these bytes; send it back as If-None-Match and the answer is 304 while nothing has changed.",
    "Cache-Control": "immutable where as_of and known_at are both given, known_at at least a minute ago; else no-cache.",
    "Vary": "Accept-Encoding.",
}


def document() -> bytes:
    """Write the OpenAPI document."""
    return orjson.dumps(_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _document() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for address, (what, form) in ASKED.items():
        paths[address] = {"get": _operation(what, form)}
    for address, form, name, summary in (
        (BASE, "html", "page", "This description for people."),
        (f"{BASE}openapi.json", "json", "openapi", "This document."),
    ):
        shape = {"type": "object"} if form == "json" else {"type": "string"}
        answers = _answers({MEDIA[form].partition(";")[0]: {"schema": shape}}, ("403", "414", "429", "500", "503"))
        answers["400"] = {"$ref": "#/components/responses/400"}
        paths[address] = {"get": {"operationId": name, "summary": summary, "responses": answers}}
    paths["/healthz"] = {
        "get": {"operationId": "healthz", "summary": "Whether the server is up.", "responses": {"200": _status("up")}}
    }
    failures = {code: {"$ref": f"#/components/responses/{code}"} for code in ("400", "403", "500", "503")}
    paths["/readyz"] = {
        "get": {
            "operationId": "readyz",
            "summary": "Whether prices load and the notes can be read; 503 says why not.",
            "responses": {"200": _status("ready"), **failures},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sentiment",
            "version": "1",
            "summary": "Is the market more afraid than it should be? Every table at an address of its own.",
            "description": (
                "Read only: GET and HEAD; every other method is 405. The parameters are those of the page's links; those that "
                f"only say how a page looks ({', '.join(LOOK)}) are passed over. A description of the market, not advice."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(name, one) for name, one in PARAMETERS.items()},
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in {**_HEADERS, "Retry-After": "Seconds after which to ask again."}.items()
            },
            "responses": {code: _failure(code) for code in _FAILURES},
            "schemas": {"Problem": _PROBLEM_SCHEMA, **{name: _schema(name) for name in columns.TABLES}},
        },
    }


def _operation(what: str, form: str) -> dict[str, Any]:
    media = MEDIA[form].partition(";")[0]
    content: dict[str, Any] = {"schema": {"type": "string"}}
    if what in columns.TABLES:
        rows = export.table(what, _EXAMPLE).tail(2)
        content = {"schema": {"type": "string"}, "example": export.to_csv(rows)}
        if form == "json":
            content = {
                "schema": {"$ref": f"#/components/schemas/{what}"},
                "example": orjson.loads(as_json(what, f"as_of={_EXAMPLE.as_of}", rows)),
            }
        about = columns.TABLES[what]
        summary = f"{about.description} One row a {about.row}."
    else:
        summary = _BADGE
    return {
        "operationId": f"{what}_{form}",
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in (*OF[what], "v")],
        "responses": _answers({media: content}, _FAILURES),
    }


def _answers(content: dict[str, Any], failures: tuple[str, ...]) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return {
        "200": {"description": "What was asked for.", "headers": headers, "content": content},
        "304": {"description": "The client has it already.", "headers": headers},
        **{code: {"$ref": f"#/components/responses/{code}"} for code in failures},
    }


def _parameter(name: str, one: Parameter) -> dict[str, Any]:
    schema = dict(one.schema)
    if one.there_are is not None and "pattern" not in schema:
        choices = list(one.there_are())
        schema["enum"] = [int(choice) for choice in choices] if schema["type"] == "integer" else choices
    return {"name": name, "in": "query", "description": one.description, "schema": schema, "example": one.example}


def _failure(code: str) -> dict[str, Any]:
    kinds = {name: kind for name, kind in KINDS.items() if str(kind.status) == code}
    found: dict[str, Any] = {
        "description": " ".join(f"{kind.title}: {kind.when}" for kind in kinds.values()),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code in {"429", "503"}:
        found["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return found


def _status(word: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"status": {"const": word}}, "required": ["status"]}
    return {"description": f"It is {word}.", "content": {"application/json": {"schema": schema}}}


_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong, as RFC 9457 has it.",
    "properties": {
        "type": {"type": "string", "enum": [f"{BASE}#{name}" for name in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this request, and what to do."},
        "instance": {"type": "string", "description": "The address, or the id under which the log has the cause."},
        "problems": {
            "type": "array",
            "items": {"type": "object", "required": ["parameter", "detail"]},
            "description": "Every parameter that is wrong.",
        },
        "there_are": {"type": "object", "description": "What there is to choose from, by parameter."},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "error_id": {"type": "string"},
        "maximum": {"type": "integer"},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}


def _schema(name: str) -> dict[str, Any]:
    about = columns.TABLES[name]
    cells = {
        column.name: {"description": f"{column.description} Unit: {column.unit}."}
        | ({"type": "string", "format": "date"} if column.kind == "day" else {"type": _JSON_KIND[column.kind]})
        for column in about.columns
    }
    column = {name: {"type": "string"} for name in ("name", "description", "unit")}
    return {
        "type": "object",
        "description": about.description,
        "properties": {
            "table": {"const": name},
            "selection": {"type": "string", "description": "The canonical query of this answer."},
            "columns": {"type": "array", "items": {"type": "object", "properties": column, "required": list(column)}},
            "rows": {
                "type": "array",
                "items": {"type": "object", "properties": cells, "additionalProperties": False},
                "description": f"One a {about.row}.",
            },
        },
        "required": ["table", "selection", "columns", "rows"],
        "additionalProperties": False,
    }


_STYLE = """
:root{color-scheme:light dark;--text:#1D2228;--page:#FFFFFF;--soft:#F4F5F6;--line:#DFE2E6;--link:#1F6FAE}
@media(prefers-color-scheme:dark){:root{--text:#E4E7EA;--page:#14171B;--soft:#1D2126;--line:#343A41;--link:#5AA9E0}}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;font:16px/1.55 system-ui,sans-serif;color:var(--text);background:var(--page);overflow-wrap:anywhere}
h1,h2,h3{line-height:1.25}h3{margin-top:2.2rem}a{color:var(--link)}code{font-size:.92em;background:var(--soft);padding:.1em .3em;border-radius:4px}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--line);overflow-wrap:normal}
@media(max-width:40rem){th,td{padding:.3rem .35rem;font-size:.92em}td{overflow-wrap:anywhere}td code{padding:0}}
"""
PAGE_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page() -> bytes:
    """Write the page for people, from the same tables; it needs no script."""
    parts = [
        f"<h1>{escape('Every table at an address')}</h1>",
        (
            "<p>The tables of the dashboard for spreadsheets and programs: the same rows and bytes as its buttons and as "
            "<code>sentiment export</code>. Take the query of any link of the page and put it behind an address. "
            f"<a href='{BASE}openapi.json'>OpenAPI document</a>.</p>"
        ),
        '<p>In Google Sheets: <code>=IMPORTDATA("https://…/api/v1/scores.csv?as_of=2025-12-02")</code>; in Excel: Data, From Web.</p>',
        "<h2>Tables</h2>",
    ]
    for name, about in columns.TABLES.items():
        addresses = " ".join(_address(f"{BASE}{name}.{form}") for form in ("csv", "json"))
        rows = [(f"<code>{one.name}</code>", escape(one.description), escape(one.unit)) for one in about.columns]
        parts += [
            f"<h3 id='{name}'>{name}</h3><p>{escape(about.description)} One row a {about.row}. {addresses}</p>",
            f"<p>Parameters: {', '.join(_to(parameter) for parameter in OF[name])}.</p>",
            _table(("Column", "Meaning", "Unit"), rows),
        ]
    parts.append(f"<h3 id='badge'>badge</h3><p>{_BADGE} {_address(f'{BASE}badge.svg')}</p>")
    parts.append(f"<p>Parameters: {', '.join(_to(parameter) for parameter in OF['badge'])}.</p>")
    described = [
        (f"<code id='p-{name}'>{name}</code>", escape(one.description), f"<code>{escape(str(one.example))}</code>")
        for name, one in PARAMETERS.items()
    ]
    problems = [
        (f"<span id='{name}'>{one.status}</span>", escape(one.title), escape(one.when)) for name, one in KINDS.items()
    ]
    parts += [
        "<h2>Parameters</h2>",
        f"<p>Those of the page's links. What only says how a page looks ({', '.join(LOOK)}) is passed over.</p>",
        _table(("Name", "Meaning", "Example"), described),
        (
            "<h2>Caching</h2><p>An answer with <code>as_of</code> and <code>known_at</code> stays for good and says so; any other is asked "
            "for again with its <code>ETag</code> in <code>If-None-Match</code>, and is 304 while nothing has changed.</p>"
        ),
        "<h2>What can go wrong</h2><p>Told as <code>application/problem+json</code>, with what there is to choose from.</p>",
        _table(("Status", "Title", "When"), problems),
        "<p>A description of the market, not advice: that such readings foretell returns has not been demonstrated.</p>",
    ]
    head = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Sentiment: every table at an address</title><style>{_STYLE}</style><main>"
    )
    return f"{head}{''.join(parts)}</main></html>\n".encode()


def _address(path: str) -> str:
    query = urlencode({"asset": PARAMETERS["asset"].example, "as_of": PARAMETERS["as_of"].example})
    return f"<a href='{path}?{query}'>{path}</a>"


def _to(parameter: str) -> str:
    return f"<a href='#p-{parameter}'>{parameter}</a>"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f"<th scope='col'>{name}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class='wide'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
