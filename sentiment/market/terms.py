"""Which series hold figures that may not be passed on, and by whose terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.errors import BarsError
from sentiment.market import history, providers, saved_bars

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def reserved(symbols: Iterable[str], known_at: datetime | None = None) -> dict[str, str]:
    """Return those of some series whose figures may not be passed on, each with its source and that source's terms.

    Saved bars are bound by the terms of the source that they came from, as known at `known_at`. Bundled figures are bound by
    none: they are facts, and their files are published with the project (data/README.md). A file that cannot be read binds.
    """
    found = {symbol: _binding(symbol, known_at) for symbol in dict.fromkeys(symbols)}
    return {symbol: binding for symbol, binding in found.items() if binding}


def _binding(symbol: str, known_at: datetime | None) -> str:
    try:
        if not history.is_live(symbol, known_at):
            return ""
        source = history.source(symbol, known_at)
    except BarsError as error:
        return error.brief
    return "" if providers.shareable(source) else _terms(source)


def reserved_behind(asset: str, known_at: datetime | None = None) -> dict[str, str]:
    """Return the same for the series on which an asset's scores rest, its own included."""
    return reserved(behind(asset, known_at), known_at)


def behind(asset: str, known_at: datetime | None = None) -> list[str]:
    """Return the series on which an asset's scores rest, its own first."""
    return list(dict.fromkeys((asset, *(series.symbol for series in history.role_series(asset, known_at).values()))))


def reserved_versions(symbol: str) -> dict[str, str]:
    """Return the same for all versions of a series that are kept: one of a former source is bound by that source's terms.

    Raises
    ------
    BarsError
        If its saved file cannot be read.
    """
    facts = saved_bars.facts(symbol)
    if facts is None:
        return {}
    sources = [providers.source_of(source) for source in (facts.source, *(earlier.source for earlier in facts.earlier))]
    bound = [_terms(source) for source in dict.fromkeys(sources) if not providers.shareable(source)]
    return {symbol: " and ".join(bound)} if bound else {}


def _terms(source: str) -> str:
    return f"{source}, {providers.licence_of(source) or 'whose terms are not known here'}"
