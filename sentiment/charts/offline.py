"""Charts for a page without a server: plotly's script, packed into the page, and figures as JSON.

Plotly's script is 4.8 MB. Gzip makes it 1.5 MB, which every browser since 2023 can unpack (DecompressionStream); Brotli
would be smaller, but browsers do not offer it to scripts. Base64, because HTML holds text.
"""

from __future__ import annotations

import base64
import gzip
import re
from functools import cache
from typing import NamedTuple, TypeAlias

import orjson
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from sentiment.charts.score_charts import CONFIG

Figure: TypeAlias = go.Figure
_MIDNIGHT = re.compile(r'"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?"')
# As Streamlit's theme does: room for the labels of an axis, and its title clear of them.
_AXIS = {"automargin": True, "title": {"standoff": 10}}
_TEMPLATE = {"layout": {"xaxis": _AXIS, "yaxis": _AXIS}}
_UNSAFE = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}


class Library(NamedTuple):
    """Plotly's script: its source, and the same gzipped and in base64."""

    source: str
    packed: str


@cache
def library() -> Library:
    """Return plotly's script; it is packed once, always to the same bytes."""
    source: str = get_plotlyjs()
    return Library(source, base64.b64encode(gzip.compress(source.encode(), 9, mtime=0)).decode())


def as_json(figure: Figure) -> str:
    """Write a figure as JSON that may stand inside a script element: no character in it can end one.

    Arrays keep plotly's form (base64 of their numbers), days lose their midnight, and plotly's default template is left
    out, because the page styles the charts itself.
    """
    figure.layout.template = _TEMPLATE  # update_layout would merge it with the default one
    text: str = figure.to_json(validate=False, engine="orjson")
    return escaped(_MIDNIGHT.sub(r'"\1"', text))


def escaped(text: str) -> str:
    """Escape the characters of a JSON text that HTML could take for markup; they only occur inside its strings."""
    for character, safe in _UNSAFE.items():
        text = text.replace(character, safe)
    return text


def config_json() -> str:
    """Write plotly's settings, the same as on the dashboard, as JSON that may stand inside a script element."""
    return escaped(orjson.dumps(CONFIG).decode())
