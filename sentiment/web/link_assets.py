"""Which asset a link names, and which one to offer where none here has that name."""

from __future__ import annotations

from sentiment.formatting import shortened
from sentiment.market import assets, providers
from sentiment.web import link_spelling


def meant(text: str) -> str | None:
    """Return which of the assets here a link names; None if none of them."""
    symbols, written = assets.names(), link_spelling.bare(text)
    if written in symbols:
        return written
    upper = written.upper()
    likely = upper if providers.is_ticker(upper) else providers.suggest(upper)
    return likely if likely in symbols else None


def why_absent(text: str) -> str:
    """Return that no asset here has a name, and which one is likely meant."""
    written, other = link_spelling.bare(text), likely(text)
    hint = f" ({other} is likely what is meant)" if other and other != written.upper() else ""
    return f"no prices of {shortened(written)} are saved here{hint}"


def likely(text: str) -> str | None:
    """Return the ticker to fetch or open in place of a name that no asset here has; None if it can be no ticker."""
    ticker = link_spelling.bare(text).upper()
    return providers.suggest(ticker) or (ticker if providers.is_ticker(ticker) else None)
