"""oEmbed (oembed.com): an editor that is given a link of ours asks here for the frame of its chart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from sentiment.formatting import shortened
from sentiment.web import links
from sentiment.web.api.addresses import BASE
from sentiment.web.api.problems import ProblemError
from sentiment.web.pictures.previews import preview

WIDTH, HEIGHT = 800, 860
"""Pixels of the frame, where the editor has room."""
CARD_WIDTH, CARD_HEIGHT = 1200, 628
_MOST = 100_000
_PARAMETERS: dict[str, dict[str, Any]] = {
    "url": {"type": "string", "format": "uri", "description": "A link of this server."},
    "maxwidth": {"type": "integer", "minimum": 1, "maximum": _MOST, "description": "Pixels available."},
    "maxheight": {"type": "integer", "minimum": 1, "maximum": _MOST, "description": "Pixels available."},
    "format": {"type": "string", "enum": ["json"], "description": "Form of the answer; there is only one."},
}


@dataclass(frozen=True, slots=True)
class OembedRequest:
    """The query of a link of ours whose frame is asked for, and the pixels that there are for it."""

    query: str
    width: int
    height: int


def read(query: str, base: str) -> OembedRequest:
    """Read the query of a request.

    Raises
    ------
    ProblemError
        If a parameter is unknown or wrong, or the link is not one of this server.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if unknown := [name for name in given if name not in _PARAMETERS]:
        raise _bad(unknown[0], f"There is no parameter {shortened(unknown[0])}")
    if len(given) != len(pairs):
        raise _bad(pairs[0][0], "A parameter is given more than once")
    if "url" not in given:
        raise _bad("url", "The link is missing; give one of this server in url")
    if given.get("format", "json") != "json":
        raise _bad("format", f"The format {shortened(given['format'])} is not written; there is json")
    size = [_pixels(name, given.get(name), most) for name, most in (("maxwidth", WIDTH), ("maxheight", HEIGHT))]
    return OembedRequest(_own_query(given["url"], base), *size)


def _pixels(name: str, text: str | None, most: int) -> int:
    if text is None:
        return most
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and 1 <= int(text) <= _MOST):
        raise _bad(name, f"{name} is {shortened(text)}; it is a number of pixels from 1 to {_MOST}")
    return min(int(text), most)


def _own_query(url: str, base: str) -> str:
    """Return the query of a link, if it is one of the page at `base`; its scheme may have changed on the way."""
    try:
        given, own = urlsplit(url), urlsplit(base)
        same = given.scheme in {"http", "https"} and given.netloc.lower() == own.netloc.lower()
    except ValueError:
        same = False
    if not same or (given.path or "/") != own.path:
        raise ProblemError("unknown-address", f"{shortened(url)} is not a link of this server; give one in url.")
    return given.query


def _bad(parameter: str, detail: str) -> ProblemError:
    return ProblemError("bad-request", f"{detail}.", problems=[{"parameter": parameter, "detail": f"{detail}."}])


def write(request: OembedRequest, base: str) -> bytes:
    """Return the answer: the frame of the chart of a link, that of the timeline where it names none.

    Raises
    ------
    ProblemError
        If the link cannot be followed.
    """
    shown = preview(request.query, with_answer=False)
    if shown is None:
        raise ProblemError("unknown-address", "The link asks for what is not there; open it to read why.")
    selection, _ = links.from_query(request.query)
    frame = f"{links.address(base, replace(selection, chart=selection.chart or 'timeline'))}&embed=true"
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Sentiment",
        "provider_url": base,
        "title": shown.title,
        "html": (
            f'<iframe src="{escape(frame)}" width="{request.width}" height="{request.height}" '
            f'title="{escape(shown.title)}" style="border:0"></iframe>'
        ),
        "width": request.width,
        "height": request.height,
        "thumbnail_url": f"{base.rstrip('/')}{BASE}card.png?{shown.card}",
        "thumbnail_width": CARD_WIDTH,
        "thumbnail_height": CARD_HEIGHT,
    }
    return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)


def operation() -> dict[str, Any]:
    """Return what the OpenAPI document says of this address, but for the answers."""
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name == "url",
            "description": schema["description"],
            "schema": {key: value for key, value in schema.items() if key != "description"},
        }
        for name, schema in _PARAMETERS.items()
    ]
    return {"operationId": "oembed", "summary": "The frame of a link's chart, by oEmbed.", "parameters": parameters}
