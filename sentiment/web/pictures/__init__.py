"""Pictures to hand on: a selection becomes an SVG that we draw, and that becomes a PNG.

In: a selection and the address of the page. Out: the card of a link, or a chart with the finding, asset, days, source, licence and
frozen link inside. No browser is asked, no font of the machine is read, and the same selection gives the same bytes.
`cards` and the modules `of_...` draw, `words` says what stands beside a drawing, and `png` turns
one into pixels. A chart of the page is drawn from its own figure (`charts.svg_plot`), so that there is one description of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.web.picture_subjects import reserved
from sentiment.web.pictures import cards, of_assets, of_evidence, of_notes, of_scores, png
from sentiment.web.pictures.words import Shown

if TYPE_CHECKING:
    from sentiment.models import Selection

__all__ = ["DRAW", "draw", "png", "words"]

DRAW = {**cards.DRAW, **of_scores.DRAW, **of_evidence.DRAW, **of_assets.DRAW, **of_notes.DRAW}
"""By the name of the picture: what draws it."""
_ZOOM = 2
"""Pixels of a chart's PNG for one of its SVG; a card has the size that networks ask for."""


def draw(  # noqa: PLR0913 - what is asked for
    name: str,
    form: str,
    selection: Selection,
    base: str,
    assets: tuple[str, ...] | None = None,
    *,
    described: bool = True,
) -> bytes:
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
    assets : tuple of str, optional
        Those of a picture about several; None for the watchlist.
    described : bool
        Whether a PNG says in text fields, which programs read, what it shows.

    Raises
    ------
    SelectionError
        If there are no prices for the day.
    """
    drawn = DRAW[name](Shown(name, selection, base, assets))
    if form == "svg":
        return drawn.svg.encode()
    return png.pixels(drawn.svg, drawn.words if described else None, 1 if name in cards.DRAW else _ZOOM)


def for_everyone(name: str, selection: Selection, base: str, assets: tuple[str, ...] | None = None) -> bytes:
    """Draw a picture in pixels, which everyone may have: it shows what the page shows.

    Text fields, which programs read, are in it where its figures may be passed on. Parameters and errors as in `draw`.
    """
    return draw(name, "png", selection, base, assets, described=not reserved(name, selection, assets))
