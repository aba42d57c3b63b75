"""The assets that can be scored and every series at hand: the bundled ones, then those with saved bars."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sentiment.errors import UnknownAssetError
from sentiment.market import bar_store, bundled
from sentiment.market.file_cache import until_changed
from sentiment.market.roles import ROLE_SYMBOLS
from sentiment.models import Asset

if TYPE_CHECKING:
    from sentiment.market.bar_store import Facts

_LISTED_IN_ERROR = 20


def names() -> tuple[str, ...]:
    """List the symbols of the assets that can be scored, without opening any file."""
    saved = tuple(symbol for symbol in bar_store.symbols() if symbol not in _reserved())
    return (*_bundled(), *saved)


@cache
def _bundled() -> dict[str, Asset]:
    return {symbol: asset for symbol, asset in bundled.assets().items() if asset.role == "asset"}


@cache
def _reserved() -> frozenset[str]:
    """Symbols whose saved files add no asset: the bundled assets themselves, and the series that fill a role."""
    return ROLE_SYMBOLS | _bundled().keys()


@until_changed
def facts(symbol: str, changed_at: int) -> Facts | None:
    """Return the facts saved with a symbol's bars; `changed_at` is the version of the file to answer for."""
    return bar_store.facts(symbol) if changed_at else None


def assets() -> tuple[Asset, ...]:
    """List the assets that can be scored: the bundled ones, then the saved ones that fill no role."""
    own = tuple(_bundled().values())
    return own + tuple(_saved(symbol, bar_store.changed_at(symbol)) for symbol in names()[len(own) :])


def _saved(symbol: str, changed_at: int) -> Asset:
    saved = facts(symbol, changed_at)
    crypto = saved is not None and saved.instrument == "CRYPTOCURRENCY"
    unit = (saved.currency if saved else "") or "points"
    return Asset(symbol, symbol, unit, "daily" if crypto else "exchange", "asset")


def calendar(symbol: str) -> tuple[Literal["daily", "exchange", "step"], tzinfo]:
    """Return how often a series at hand has a bar, and the time zone of its sessions (UTC where none is saved)."""
    changed_at = bar_store.changed_at(symbol)
    known = bundled.assets().get(symbol)
    return known.kind if known else _saved(symbol, changed_at).kind, _zone(facts(symbol, changed_at))


def _zone(saved: Facts | None) -> tzinfo:
    try:
        return ZoneInfo(saved.timezone) if saved else UTC
    except (KeyError, ValueError, OSError):  # a name that this machine does not know
        return UTC


def unit(symbol: str) -> str | None:
    """Return the unit of a series at hand; None where there is no such series."""
    if symbol in bundled.assets():
        return bundled.assets()[symbol].unit
    changed_at = bar_store.changed_at(symbol)
    return _saved(symbol, changed_at).unit if changed_at else None


def symbols() -> tuple[str, ...]:
    """List every series at hand, bundled or saved."""
    return tuple(dict.fromkeys((*bundled.assets(), *bar_store.symbols())))


def asset(symbol: str) -> Asset:
    """Return the asset of that symbol.

    Raises
    ------
    UnknownAssetError
        Naming the assets at hand, and how to fetch others.
    """
    if symbol in _bundled():
        return _bundled()[symbol]
    changed_at = bar_store.changed_at(symbol) if symbol and symbol not in _reserved() else 0
    if changed_at:  # looked up by itself: among thousands, each must not cost a look at all
        return _saved(symbol, changed_at)
    at_hand = names()
    more = f" and {len(at_hand) - _LISTED_IN_ERROR:,} more" if len(at_hand) > _LISTED_IN_ERROR else ""
    raise UnknownAssetError(
        f"no asset {symbol!r}; there are: {', '.join(at_hand[:_LISTED_IN_ERROR])}{more} "
        "(any ticker of a price provider can be fetched: sentiment refresh TICKER)"
    )
