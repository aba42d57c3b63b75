"""The assets that can be scored, and every available series: the bundled ones first, then those with saved bars."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sentiment.errors import UnknownAssetError
from sentiment.market import bar_store, bundled, providers, saved_bars
from sentiment.market.roles import ROLE_SYMBOLS, TRADED, is_filed
from sentiment.models import Asset

if TYPE_CHECKING:
    from datetime import datetime

    from sentiment.market.bar_store import Facts

_LISTED_IN_ERROR = 20


def names() -> tuple[str, ...]:
    """List the symbols of the assets that can be scored: the bundled ones, then the saved ones that fill no role.

    No file is opened: one that cannot be read hides no other.
    """
    saved = tuple(symbol for symbol in bar_store.symbols() if not _is_reserved(symbol))
    return (*_bundled(), *saved)


def bundled_names() -> tuple[str, ...]:
    """List the symbols of the bundled assets."""
    return tuple(_bundled())


@cache
def _bundled() -> dict[str, Asset]:
    return {symbol: asset for symbol, asset in bundled.assets().items() if asset.role == "asset"}


def _is_reserved(symbol: str) -> bool:
    return symbol in _reserved() or is_filed(symbol)


def plays_a_role_only(symbol: str) -> bool:
    """Return whether a series serves the scores of others, such as the VIX or a company's filings, and can be no asset."""
    described = bundled.assets().get(symbol)
    return described.role != "asset" and symbol not in TRADED if described else _is_reserved(symbol)


@cache
def _reserved() -> frozenset[str]:
    """Return the symbols whose saved files add no asset: the bundled assets, and the series that fill a role."""
    return (ROLE_SYMBOLS - TRADED) | _bundled().keys()


def _saved(symbol: str, known_at: datetime | None) -> Asset:
    facts = saved_bars.facts(symbol, known_at)
    crypto = facts is not None and facts.instrument == "CRYPTOCURRENCY"
    unit = (facts.currency if facts else "") or "points"
    return Asset(symbol, symbol, unit, "daily" if crypto else "exchange", "asset")


def calendar(symbol: str, known_at: datetime | None = None) -> tuple[Literal["daily", "exchange", "step"], tzinfo]:
    """Return how often a series has a bar, and the time zone of its sessions (UTC where none is saved)."""
    described = bundled.assets().get(symbol) or _saved(symbol, known_at)
    return described.kind, _zone(saved_bars.facts(symbol, known_at))


def _zone(facts: Facts | None) -> tzinfo:
    try:
        return ZoneInfo(facts.timezone) if facts else UTC
    except (KeyError, ValueError, OSError):  # this machine does not know the name
        return UTC


def unit(symbol: str, known_at: datetime | None = None) -> str | None:
    """Return the unit of a series; None where there is, or was at `known_at`, no such series.

    Raises
    ------
    BarsError
        If its saved file cannot be read.
    """
    if symbol in bundled.assets():
        return bundled.assets()[symbol].unit
    return _saved(symbol, known_at).unit if saved_bars.facts(symbol, known_at) else None


def symbols() -> tuple[str, ...]:
    """List every available series, bundled or saved."""
    return tuple(dict.fromkeys((*bundled.assets(), *bar_store.symbols())))


def asset(symbol: str, known_at: datetime | None = None) -> Asset:
    """Return the asset of that symbol, as it was described at `known_at`.

    Raises
    ------
    UnknownAssetError
        If there is none; the message names the available assets and how to fetch others.
    """
    if symbol in _bundled():
        return _bundled()[symbol]
    # Look up this one symbol only: listing all assets would open every saved file.
    if symbol and not _is_reserved(symbol) and bar_store.changed_at(symbol):
        return _saved(symbol, known_at)
    available = names()
    more = f" and {len(available) - _LISTED_IN_ERROR:,} more" if len(available) > _LISTED_IN_ERROR else ""
    upper = symbol.strip().upper()
    here = next((one for one in (upper, f"{upper}-USD") if one in available), None)
    likely = providers.suggest(symbol)
    hint = f" ({here} is likely what is meant)" if here else ""
    hint = hint or (f" (a provider writes {likely} for what is likely meant)" if likely else "")
    raise UnknownAssetError(
        f"no asset {symbol!r}{hint}; there are: {', '.join(available[:_LISTED_IN_ERROR])}{more} "
        "(any ticker of a price provider can be fetched: sentiment refresh TICKER)"
    )
