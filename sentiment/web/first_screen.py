"""What the HTML of the page has for its first screen: the files to fetch at once, our style, and the answer with its chart.

Streamlit's script asks for the parts of a page only as messages name them, one after another, and draws nothing before it has run.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from sentiment import files

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("Html", "ButtonGroup", "Selectbox", "Button", "DateInput", "Checkbox", "DownloadButton", "BidiComponent")
"""Streamlit's elements on the first screen that have files of their own."""
CHART = "PlotlyChart"
"""The same of charts. It has half of all bytes, and not every view has a chart."""
_HEAD_ENDS, _BODY_BEGINS = b"</head>", b"<body>"
_SCRIPTS = "static/js"
_NAMED = re.compile(rf"{_SCRIPTS}/([\w.-]+\.js)")
_HASH = re.compile(r"[\w-]+\.js")
_IMPORT = re.compile(r"""\b(?:from|import)["']\./([\w.-]+\.js)["']""")
_IMPORTS_END = 50_000
"""Letters of a file within which its imports stand: they come first."""
_log = logging.getLogger(__name__)


def tags(static: Path, *, charts: bool) -> str:
    """Return HTML that has a browser fetch the parts of the first screen, and what they import, before a script asks for them.

    Parameters
    ----------
    static : Path
        Streamlit's folder, with ``index.html`` and ``static/js``. A part that is not in it is left out, and logged: the page only loads
        more slowly.
    charts : bool
        Whether there is a chart.
    """
    folder = static / _SCRIPTS
    named = set(_NAMED.findall((static / "index.html").read_text("utf-8")))
    waiting = [file for part in (*PARTS, *([CHART] if charts else [])) for file in _files_of(part, folder)]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in named:
            found[name] = None
            waiting += _IMPORT.findall((folder / name).read_text("utf-8")[:_IMPORTS_END])
    # What the page's own script imports comes first.
    return "".join(
        f'  <link rel="modulepreload" crossorigin fetchpriority="low" href="./{_SCRIPTS}/{name}">\n' for name in found
    )


def _files_of(part: str, folder: Path) -> list[str]:
    """Return the file of a part: its name and a hash."""
    found = [file.name for file in folder.glob(f"{part}.*.js") if _HASH.fullmatch(file.name.removeprefix(f"{part}."))]
    if len(found) == 1:
        return found
    _log.warning(
        "the page loads more slowly: %d files instead of one have the name %s and a hash in %s",
        len(found),
        part,
        folder,
    )
    return []


@cache
def _style() -> str:
    return f"<style>\n{files.PAGE_STYLE.read_text('utf-8')}</style>"


def page(html: bytes, tags: str, answer: str = "") -> bytes:
    """Return Streamlit's page with `tags`, our style, and the answer as HTML, which is seen until the page has drawn the same.

    The style stands in the body, and so after the styles that Streamlit writes into the head: it decides between equals.
    """
    html = html.replace(_HEAD_ENDS, tags.encode() + b"  " + _HEAD_ENDS, 1)
    return html.replace(_BODY_BEGINS, _BODY_BEGINS + f"\n{_style()}\n{answer}".encode(), 1)
