"""SVG to PNG, with resvg: no browser, no font of the machine, and the same bytes everywhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sentiment.charts import svg

if TYPE_CHECKING:
    from sentiment.charts.pictures import Words

_COLOURS = 256
"""Enough for flat colours and the soft edges of letters; it halves the size."""
_ALMOST = 254
"""What the choice of colours makes of white: it keeps seven bits."""


def pixels(picture: str, words: Words | None, zoom: int) -> bytes:
    """Return a picture as PNG, whose text fields say what it shows and how it is cited, unless there are no words for them.

    Parameters
    ----------
    picture : str
        An SVG of ours.
    words : Words, optional
        What stands in it.
    zoom : int
        Pixels for one of the SVG.
    """
    import resvg_py  # noqa: PLC0415 - only pictures need them
    from PIL import Image, PngImagePlugin  # noqa: PLC0415

    drawn = resvg_py.svg_to_bytes(
        svg_string=picture, zoom=zoom, skip_system_fonts=True, font_files=list(svg.FONT_FILES), font_family=svg.FAMILY
    )
    fields = PngImagePlugin.PngInfo()
    said = (
        {
            "Title": words.title,
            "Description": words.alt,
            "Source": words.link,
            "Comment": words.citation,
            "Copyright": words.licence,
        }
        if words
        else {}
    )
    for name, text in said.items():
        fields.add_itxt(name, text)
    whole = Image.open(io.BytesIO(bytes(drawn))).convert("RGB")
    small = whole.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
    small.putpalette([255 if part == _ALMOST else part for part in small.getpalette() or ()])
    file = io.BytesIO()
    small.save(file, "PNG", pnginfo=fields)
    return file.getvalue()
