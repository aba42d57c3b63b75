"""The watchlist: the assets that are kept fresh, from a setting, from a file in the data folder, or the bundled ones."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sentiment import files
from sentiment.errors import SelectionError, WatchlistError
from sentiment.market import assets, pasted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sentiment.market.pasted import Name

VARIABLE = "SENTIMENT_WATCHLIST"
FILE = "watchlist.txt"
MOST: Final = 100
"""Assets that the page takes: whoever may change the list has each of them fetched again and again."""
_COMMENT = re.compile(r"#.*")
_WAIT = 5.0  # seconds for another edit to end


def names() -> tuple[Name, ...]:
    """List the names on the list as they are written, refused ones too; none where there is no list.

    Raises
    ------
    WatchlistError
        If the file cannot be read.
    """
    return pasted.read(_COMMENT.sub("", _setting() or _in_file()))


def symbols() -> tuple[str, ...]:
    """List the symbols of the watchlist, each once, in its order; without a list those of the bundled assets.

    A name that is refused is left out, and keeps no other from being watched; `refused` tells it.

    Raises
    ------
    WatchlistError
        If the file cannot be read.
    """
    listed = names()
    return tuple(name.symbol for name in listed if name.symbol) if listed else assets.bundled_names()


def refused() -> dict[str, str]:
    """Return why each name on the list that is no asset is left out.

    Raises
    ------
    WatchlistError
        If the file cannot be read.
    """
    return {name.written: name.why for name in names() if not name.symbol}


def set_by_operator() -> bool:
    """Return whether the setting has the list, so that no file counts and the page cannot change it."""
    return bool(_setting())


def add(more: Iterable[str]) -> None:
    """Add symbols to the end of the list and save it.

    Raises
    ------
    SelectionError
        If the list would have more than `MOST` assets, a symbol is no asset, the setting has the list, or another is saving it.
    WatchlistError
        If the file cannot be read or written.
    """
    with _changing():
        _save((*symbols(), *more))


def remove(fewer: Iterable[str]) -> None:
    """Take symbols off the list and save it. A list without any is that of the bundled assets again.

    Raises
    ------
    SelectionError, WatchlistError
        As in `add`.
    """
    gone = set(fewer)
    with _changing():
        _save(symbol for symbol in symbols() if symbol not in gone)


def replace(symbols: Iterable[str]) -> None:
    """Save a list in place of the one that is there. A list without any is that of the bundled assets again.

    Raises
    ------
    SelectionError, WatchlistError
        As in `add`.
    """
    with _changing():
        _save(symbols)


def _save(listed: Iterable[str]) -> None:
    unique = tuple(dict.fromkeys(listed))
    if odd := next((symbol for symbol in unique if pasted.meant(symbol).symbol != symbol), None):
        raise SelectionError(
            f"{odd[:40]!r} cannot be watched: {pasted.meant(odd).why or 'it is not written as its source does'}"
        )
    if len(unique) > MOST:
        raise SelectionError(f"the list would have {len(unique)} assets; it has at most {MOST}")
    path = _path()
    try:
        files.replace(path, "".join(f"{symbol}\n" for symbol in unique).encode("ascii"))
    except OSError as cause:
        raise WatchlistError(f"the watchlist cannot be saved: {path}: {cause.strerror}") from None


@contextmanager
def _changing() -> Iterator[None]:
    """Let nobody else change the list meanwhile."""
    from filelock import FileLock  # noqa: PLC0415 - only who changes the list needs it

    if set_by_operator():
        raise SelectionError(f"the list is set by the operator of this server ({VARIABLE}); the page cannot change it")
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_suffix(".lock"), timeout=_WAIT)
        lock.acquire()
    except TimeoutError:
        raise SelectionError("somebody else is saving the watchlist at this moment; try again") from None
    except OSError as cause:
        raise WatchlistError(f"the watchlist cannot be saved: {path}: {cause.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def _setting() -> str:
    return os.environ.get(VARIABLE, "").strip()


def _path() -> Path:
    return files.saved() / FILE


def _in_file() -> str:
    path = _path()
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as cause:
        why = getattr(cause, "strerror", None) or cause
        raise WatchlistError(f"the watchlist cannot be read: {path}: {why}") from None
