"""The OpenAPI document of the API, made from the tables and parameters that it runs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from sentiment.market import assets
from sentiment.models import METHOD, Selection
from sentiment.tables import answer as answers
from sentiment.tables import registry
from sentiment.tables.answer import columns_of
from sentiment.tables.record import Extent
from sentiment.web import citation, table_forms, table_writing
from sentiment.web.api import oembed
from sentiment.web.api.addresses import ADDRESSES, BASE, OEMBED
from sentiment.web.api.badge import DESCRIPTION as BADGE_DESCRIPTION
from sentiment.web.api.bodies import MEDIA
from sentiment.web.api.feed_names import SUBSCRIPTIONS
from sentiment.web.api.parameters import DISPLAY_PARAMETERS, PARAMETERS, parameters_at
from sentiment.web.api.problems import KINDS
from sentiment.web.api.problems import MEDIA as PROBLEM
from sentiment.web.picture_names import PICTURES
from sentiment.web.table_writing import BETWEEN_COLUMNS

if TYPE_CHECKING:
    from sentiment.tables.answer import Answer
    from sentiment.tables.record import Table
    from sentiment.web.api.parameters import Parameter

_EXAMPLE = Selection(as_of=date(2025, 12, 2))
_JSON_KIND = {"text": ["string", "null"], "number": ["number", "null"], "integer": "integer"}
_SERVER = "http://localhost:8501/"
_FAILURES = ("400", "403", "414", "416", "429", "500", "503")
_HEADERS = {
    "Withheld-Columns": (
        "Columns missing from this answer because a source's terms do not let its figures be passed on; left out if there are none."
    ),
    "ETag": "Names these bytes; send it back as If-None-Match and the answer is 304 while nothing has changed.",
    "Link": "The description of the answer (describedby) and the same rows in other forms (alternate).",
    "Cache-Control": "immutable where as_of, known_at and, for scores, method are given, known_at at least a minute ago; else no-cache. private where another client gets a different answer.",
    "Vary": "Accept-Encoding; more where another client gets a different answer.",
}


def document() -> bytes:
    """Return the OpenAPI document."""
    return orjson.dumps(_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _document() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    examples = {name: _example(name) for name in registry.offered("api")}
    for address, (name, form) in ADDRESSES.items():
        paths[address] = {"get": _operation(name, form, examples.get(name))}
    for address, form, name, summary in (
        (BASE, "html", "page", "This description for human readers."),
        (f"{BASE}openapi.json", "json", "openapi", "This document."),
        (f"{BASE}widgets.json", "json", "widgets", "The tables as widgets of OpenBB Workspace."),
    ):
        shape = {"type": "object"} if form == "json" else {"type": "string"}
        answers = _answers(
            {MEDIA[form].partition(";")[0]: {"schema": shape}}, ("403", "414", "416", "429", "500", "503")
        )
        answers["400"] = {"$ref": "#/components/responses/400"}
        paths[address] = {"get": {"operationId": name, "summary": summary, "responses": answers}}
    framed: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
    paths[OEMBED] = {"get": {**oembed.operation(), "responses": _answers(framed, (*_FAILURES, "404"))}}
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
                f"only say how a page looks ({', '.join(DISPLAY_PARAMETERS)}) are ignored where they change nothing. A description of the market, not advice."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(name, parameter) for name, parameter in PARAMETERS.items()},
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in {**_HEADERS, "Retry-After": "Seconds after which to ask again."}.items()
            },
            "responses": {code: _failure(code) for code in (*_FAILURES, "404")},
            "schemas": {
                "Problem": _PROBLEM_SCHEMA,
                "Metadata": _METADATA_SCHEMA,
                **{name: _schema(table) for name, table in registry.offered("api").items()},
            },
        },
    }


def _operation(name: str, form: str, example: Answer | None) -> dict[str, Any]:
    media = MEDIA[form].partition(";")[0]
    content: dict[str, Any] = {"schema": {"type": "string"}}
    table = registry.offered("api").get(name)
    if table is not None:
        if form == "json":
            content = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        elif form == "metadata.json":
            content = {"schema": {"$ref": "#/components/schemas/Metadata"}}
        elif form != "csv":
            content = {"schema": {"type": "string", "format": "binary"}}
        content |= _written(form, example)
        summary = f"{table.description} One row per {table.row}."
    else:
        described = PICTURES.get(name) or SUBSCRIPTIONS.get(name)
        summary = described.description if described else BADGE_DESCRIPTION
    return {
        "operationId": f"{name.replace('/', '_')}_{form.replace('.', '_')}",
        "summary": summary,
        "parameters": [
            _columns(name) if one == "columns" else {"$ref": f"#/components/parameters/{one}"}
            for one in (*parameters_at(name, form), "method", "v")
        ],
        "responses": _answers({media: content}, _FAILURES),
    }


def _columns(name: str) -> dict[str, Any]:
    """Return the parameter that chooses columns of a table."""
    names = table_writing.columns(name)
    known = table_writing.columns(name, is_long=registry.tables()[name].has_long_form)
    one = f"({'|'.join(known)})"
    pattern = f"^{one}({BETWEEN_COLUMNS}{one})*$"
    described = _parameter("columns", PARAMETERS["columns"])
    shown = ("date", "close") if {"date", "close"} <= {*names} else names[:2]  # some sources of prices give no open
    return described | {"schema": {"type": "string", "pattern": pattern}, "example": BETWEEN_COLUMNS.join(shown)}


def _example(name: str) -> Answer | None:
    """Return an answer as everyone may have it: anybody can read this document. None where no figure would be left."""
    several = assets.bundled_names() if registry.tables()[name].is_of_several else None
    answer = answers.answer(name, _EXAMPLE, Extent(assets=several))
    if answer.withheld.whole:
        return None
    shown = answer.for_anyone()
    days = None if shown.days is None else shown.days.tail(2)
    return replace(shown, rows=shown.rows.tail(2), days=days)


def _written(form: str, example: Answer | None) -> dict[str, Any]:
    """Write an example as CSV and JSON alone; the other forms hold the same."""
    if example is None or form not in {"csv", "json"}:
        return {}
    text = table_forms.write(form, example, f"as_of={_EXAMPLE.as_of}", _SERVER).decode()
    return {"example": text if form == "csv" else orjson.loads(text)}


def _answers(content: dict[str, Any], failures: tuple[str, ...]) -> dict[str, Any]:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return {
        "200": {"description": "What was asked for.", "headers": headers, "content": content},
        "206": {"description": "The part that Range asks for.", "headers": headers},
        "304": {"description": "The client has it already.", "headers": headers},
        **{code: {"$ref": f"#/components/responses/{code}"} for code in failures},
    }


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    schema = dict(parameter.schema)
    if parameter.choices is not None and "pattern" not in schema:
        choices = list(parameter.choices())
        schema["enum"] = [int(choice) for choice in choices] if schema["type"] == "integer" else choices
    return {
        "name": parameter.name or name,
        "in": "query",
        "description": parameter.description,
        "schema": schema,
        "example": parameter.example,
    }


def _failure(code: str) -> dict[str, Any]:
    kinds = {name: kind for name, kind in KINDS.items() if str(kind.status) == code}
    response: dict[str, Any] = {
        "description": " ".join(f"{kind.title}: {kind.when}" for kind in kinds.values()),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code in {"429", "503"}:
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return response


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
        "there_are": {"type": "object", "description": "The values to choose from, by parameter."},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "error_id": {"type": "string"},
        "maximum": {"type": "integer"},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}


_CITATION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "How to cite it, and the link that always shows the same.",
    "properties": {name: {"type": "string"} for name in citation.Citation._fields},
    "required": list(citation.Citation._fields),
    "additionalProperties": False,
}
_METADATA_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What the rows are: for each column its unit, meaning, source, licence, timespan and last update.",
    "properties": {
        "title": {"type": "string"},
        "citation": _CITATION_SCHEMA,
        "method": {"type": "integer", "enum": [METHOD]},
        "known_at": {"type": ["string", "null"], "description": "Instant as of which it is known; null for now."},
        "timespan": {"type": ["object", "null"], "description": "First and last day of the rows."},
        "last_update": {
            "type": ["string", "null"],
            "description": "When a source was last fetched; null for bundled figures.",
        },
        "columns": {
            "type": "array",
            "items": {"type": "object", "required": ["name", "unit", "meaning", "source", "licence"]},
        },
        "sources": {"type": "array", "items": {"type": "object", "required": ["series", "source", "licence"]}},
    },
    "required": ["table", "title", "citation", "method", "known_at", "timespan", "last_update", "columns", "sources"],
}


def _schema(table: Table) -> dict[str, Any]:
    cells = {
        column.name: {"description": f"{column.full_description} Unit: {column.unit}."}
        | ({"type": "string", "format": "date"} if column.kind == "day" else {"type": _JSON_KIND[column.kind]})
        for column in columns_of(table, is_long=table.has_long_form)
    }
    column = {name: {"type": "string"} for name in ("name", "description", "unit")}
    return {
        "type": "object",
        "description": table.description,
        "properties": {
            "table": {"const": table.name},
            "selection": {"type": "string", "description": "The canonical query of this answer."},
            "method": {"type": "integer", "description": "Method of scoring.", "enum": [METHOD]},
            "withheld": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Columns missing from this answer because a source's terms do not let its figures be passed on.",
            },
            "citation": _CITATION_SCHEMA,
            "columns": {"type": "array", "items": {"type": "object", "properties": column, "required": list(column)}},
            "rows": {
                "type": "array",
                "items": {"type": "object", "properties": cells, "additionalProperties": False},
                "description": f"One per {table.row}.",
            },
        },
        "required": ["table", "selection", "method", "citation", "columns", "rows"],
        "additionalProperties": False,
    }
