"""The views of the page, one file each; a new file with a `VIEW` is all it takes to add one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from sentiment.web.view_names import view_modules

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen


def _same(selection: Selection) -> Selection:
    return selection


class View(NamedTuple):
    """A view of the page.

    Attributes
    ----------
    name : str
        On the control and in links.
    order : int
        Its place among the views; they count in tens, so that a new one fits between two.
    tab : str
        The tab that holds it.
    label : str
        What the control calls it within its tab; its name if empty.
    render : callable
        Draws the view of a screen.
    choose : callable
        Draws the view's own controls, if it has any, and returns the selection with what was chosen.
    parameters : tuple of str
        Fields of the selection that the address holds on this view only.
    headline : callable or None
        Returns the sentence on top of a view about several assets, which has its own last lines too; None for a view about one.
    """

    name: str
    order: int
    tab: str
    render: Callable[[Screen], None]
    choose: Callable[[Selection], Selection] = _same
    parameters: tuple[str, ...] = ()
    label: str = ""
    headline: Callable[[Screen], str] | None = None


@cache
def registry() -> dict[str, View]:
    """All views by name, in the order of the page."""
    return {name: import_module(f"{__name__}.{module}").VIEW for name, module in view_modules().items()}


@cache
def tabs() -> dict[str, dict[str, str]]:
    """Return the views of each tab, their labels by name, in the order of the page; a tab opens on its first view."""
    held: dict[str, dict[str, str]] = {}
    for view in registry().values():
        held.setdefault(view.tab, {})[view.name] = view.label or view.name
    return held
