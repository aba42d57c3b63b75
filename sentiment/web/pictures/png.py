"""SVG to PNG, with resvg: no browser, no font of the machine, and the same bytes everywhere.

`resvg_py` installs everywhere, but gives the pixels as a PNG, which takes longer to write and read than to draw, and keeps every
other thread waiting. `svg2png_py` (the extra ``pictures``) gives the same pixels of the same renderer as they are.
"""

from __future__ import annotations

import io
import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sentiment.charts import svg

if TYPE_CHECKING:
    from PIL.Image import Image
    from svg2png_py import FontDatabase

    from sentiment.charts.pictures import Words

_COLOURS = 256
"""Enough for flat colours and the soft edges of letters; it halves the size."""
_ALMOST = 254
"""What the choice of colours makes of white: it keeps seven bits."""


_SIZE = re.compile('width="([0-9.]+)" height="([0-9.]+)"')
"""The size that a document of ours begins with."""


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
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - only pictures need it

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
    whole = direct(picture, zoom) if find_spec("svg2png_py") else by_png(picture, zoom)
    small = whole.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
    small.putpalette([255 if part == _ALMOST else part for part in small.getpalette() or ()])
    file = io.BytesIO()
    small.save(file, "PNG", pnginfo=fields)
    return file.getvalue()


def by_png(picture: str, zoom: int) -> Image:
    """Draw with `resvg_py`, and read the PNG that it gives.

    Raises
    ------
    ValueError
        If resvg cannot read the picture.
    """
    import resvg_py  # noqa: PLC0415 - only pictures need them
    from PIL import Image  # noqa: PLC0415

    drawn = resvg_py.svg_to_bytes(
        svg_string=picture, zoom=zoom, skip_system_fonts=True, font_files=list(svg.FONT_FILES), font_family=svg.FAMILY
    )
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGB")


def direct(picture: str, zoom: int) -> Image:
    """Draw with `svg2png_py`, which gives the pixels as they are. It needs the extra ``pictures``; errors as in `by_png`."""
    import svg2png_py  # noqa: PLC0415 - only pictures need them
    from PIL import Image  # noqa: PLC0415

    sized = _SIZE.sub(lambda size: f'width="{zoom * float(size[1]):g}" height="{zoom * float(size[2]):g}"', picture, 1)
    options = svg2png_py.RenderOptions(font_family=svg.FAMILY)
    try:
        drawn, width, height = svg2png_py.svg_to_rgba(sized, _fonts(), options=options)
    except RuntimeError as refused:  # resvg_py raises ValueError for the same
        raise ValueError(str(refused)) from refused
    return Image.frombuffer("RGBA", (width, height), drawn, "raw", "RGBA", 0, 1).convert("RGB")  # the ground is opaque


@cache
def _fonts() -> FontDatabase:
    import svg2png_py  # noqa: PLC0415 - only pictures need it

    fonts = svg2png_py.FontDatabase()
    for file in svg.FONT_FILES:
        fonts.load_font_file(file)
    return fonts
