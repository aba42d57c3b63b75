"""Rendering: the Jinja2 environment of the report, and the page with its content security policy."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sentiment import files
from sentiment.charts import offline
from sentiment.formatting import spelled_out, visible

_FOLDER = Path(__file__).parent
_WHITE_SPACE = re.compile(r"\s+")


def render_page(**sections: object) -> str:
    """Render the whole page from the context of each section.

    The page loads nothing. Its policy allows exactly our style and script and plotly's script, by hash, and pictures made
    in the page itself (``blob:`` and ``data:``, for saving a chart as PNG): no ``eval``, no other address, no form.
    """
    plotly = offline.library()
    style = files.NOTE_STYLE.read_text("utf-8") + (_FOLDER / "report.css").read_text("utf-8")
    script = (_FOLDER / "report.js").read_text("utf-8")
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {_digest(script)} {_digest(plotly.source)}",
            # Plotly adds one empty style element and fills it by script, which no policy forbids.
            f"style-src {_digest(style)} {_digest('')}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return render(
        "report.html.j2",
        _FOLDER,
        policy=policy,
        style=style,
        script=script,
        plotly=plotly.packed,
        config=offline.config_json(),
        **sections,
    )


def render(template: str, folder: Path, **context: object) -> str:
    """Render one template of a folder.

    Raises
    ------
    jinja2.UndefinedError
        If the template uses a name that the context lacks.
    """
    return environment(folder).get_template(template).render(context)


@cache
def environment(folder: Path = _FOLDER) -> Environment:
    """Return the environment of a folder's templates: autoescape on, undefined names are errors, every value shown by `one_line`."""
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=one_line,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["spelled_out"] = spelled_out
    return templates


def one_line(value: object) -> object:
    """Return a value as text in one line, its invisible characters shown by number; markup stays as it is."""
    return value if hasattr(value, "__html__") else visible(_WHITE_SPACE.sub(" ", str(value)))


def _digest(content: str) -> str:
    """Return the hash of an inline script or style as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
