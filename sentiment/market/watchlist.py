"""The watchlist: the assets that are kept fresh, from a setting, from a file in the data folder, or the bundled ones."""

from __future__ import annotations

import os
import re

from sentiment import files
from sentiment.errors import InputError
from sentiment.market import assets, providers

VARIABLE = "SENTIMENT_WATCHLIST"
FILE = "watchlist.txt"
_COMMENT = re.compile(r"#.*")
_BETWEEN = re.compile(r"[\s,;]+")


def symbols() -> tuple[str, ...]:
    """List the symbols of the watchlist, each once, in its order.

    Raises
    ------
    InputError
        If the file cannot be read.
    SourceError
        If a name on the list can be no ticker.
    """
    text = os.environ.get(VARIABLE, "").strip() or _in_file()
    named = [name for name in _BETWEEN.split(_COMMENT.sub("", text)) if name]
    return tuple(dict.fromkeys(map(providers.normalize, named))) or assets.bundled_names()


def _in_file() -> str:
    path = files.saved() / FILE
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as cause:
        raise InputError(f"the watchlist {path} cannot be read: {getattr(cause, 'strerror', None) or cause}") from None
