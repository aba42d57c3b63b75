"""The names of the views, in their order on the page, read from the files of `views` without importing them.

A view's file loads Streamlit; links and the command line need only the names.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

_FOLDER = Path(__file__).with_name("views")
_VIEW = re.compile(r'^VIEW = View\(\s*"([^"]+)",\s*order=(\d+)', re.MULTILINE)


@cache
def view_modules() -> dict[str, str]:
    """Map each view's name to its module in `views`, in the order of the page.

    Raises
    ------
    ImportError
        If a file of `views` has no ``VIEW = View("Name", order=10, ...)``.
    """
    views = []
    for module in iter_modules([str(_FOLDER)]):
        match = _VIEW.search((_FOLDER / f"{module.name}.py").read_text("utf-8"))
        if match is None:
            raise ImportError(f'sentiment/web/views/{module.name}.py has no line VIEW = View("Name", order=10, ...)')
        views.append((int(match[2]), match[1], module.name))
    return {name: module for _, name, module in sorted(views)}
