"""Charts for a page that no server stands behind: plotly's own script packed into it, and figures as JSON.

Plotly's script is 4.8 MB; gzip makes it 1.5 MB and every browser since 2023 can undo that (DecompressionStream). Base64
because HTML holds text; Brotli would be smaller, but no browser offers it to a page.
"""

from __future__ import annotations

import base64
import gzip
import re
from functools import cache
from typing import NamedTuple, TypeAlias

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from sentiment.charts.score_charts import CONFIG

Figure: TypeAlias = go.Figure
_MIDNIGHT = re.compile(r'"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?"')
# What the dashboard's own theme does: room for the labels of an axis, and its title clear of them.
_AXIS = {"automargin": True, "title": {"standoff": 10}}
_TEMPLATE = {"layout": {"xaxis": _AXIS, "yaxis": _AXIS}}
_UNSAFE = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}


class Library(NamedTuple):
    """Plotly's script as the page carries it: what runs, and the same packed."""

    source: str
    packed: str


@cache
def library() -> Library:
    """Return plotly's script; the same bytes whenever it is packed."""
    source: str = get_plotlyjs()
    return Library(source, base64.b64encode(gzip.compress(source.encode(), 9, mtime=0)).decode())


def as_json(figure: Figure) -> str:
    """Write a figure as JSON that may stand inside a script element: no character in it can end one.

    Arrays stay as the charts give them (base64 of their own numbers), days are written without their midnight, and
    plotly's own template is left out: the page brings its looks.
    """
    figure.layout.template = _TEMPLATE  # an update would only add to plotly's own
    text: str = figure.to_json(validate=False, engine="orjson")
    return escaped(_MIDNIGHT.sub(r'"\1"', text))


def escaped(text: str) -> str:
    """Escape what a page could take for markup; all of it stands inside JSON's strings."""
    for character, safe in _UNSAFE.items():
        text = text.replace(character, safe)
    return text


def config() -> dict[str, object]:
    """Return plotly's settings, as on the dashboard."""
    return dict(CONFIG)
