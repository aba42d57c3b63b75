"""Pictures to hand on: a selection becomes an SVG that we draw, and that becomes a PNG.

In: a selection and the address of the page. Out: the card of a link, or a chart with the finding, asset, days, source, licence and
frozen link inside. No browser is asked, no font of the machine is read, and the same selection gives the same bytes.
`cards` and `figures` draw, `words` says what stands beside a drawing, `png` turns one into pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market import terms
from sentiment.web.page.screen import load_screen
from sentiment.web.pictures import cards, figures, png
from sentiment.web.pictures.words import Shown

if TYPE_CHECKING:
    from sentiment.models import Selection

__all__ = ["cards", "draw", "figures", "png", "words"]

_ZOOM = 2
"""Pixels of a chart's PNG for one of its SVG; a card has the size that networks ask for."""


def draw(name: str, form: str, selection: Selection, base: str, *, described: bool = True) -> bytes:
    """Draw a picture.

    Parameters
    ----------
    name : str
        A key of `picture_names.PICTURES`.
    form : str
        ``svg`` or ``png``.
    selection : Selection
        What to show.
    base : str
        Address of the page, for the frozen link.
    described : bool
        Whether a PNG says in text fields, which programs read, what it shows.

    Raises
    ------
    SelectionError
        If there are no prices for the day.
    """
    shown = Shown(name, load_screen(selection), base)
    drawn = {**cards.DRAW, **figures.DRAW}[name](shown)
    if form == "svg":
        return drawn.svg.encode()
    return png.pixels(drawn.svg, drawn.words if described else None, 1 if name in cards.DRAW else _ZOOM)


def for_everyone(name: str, selection: Selection, base: str) -> bytes:
    """Draw a picture in pixels, which everyone may have: it shows what the page shows.

    Text fields, which programs read, are in it where its figures may be passed on. Parameters and errors as in `draw`.
    """
    behind = terms.reserved_behind(selection.asset, selection.known_at)
    return draw(name, "png", selection, base, described=not behind)
