"""Bring the saved bars of a symbol up to date: the missing tail, or everything where the tail gives reason to doubt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentiment.errors import NoDataError, SentimentError
from sentiment.frames import day
from sentiment.market import bar_store
from sentiment.market.providers import Fetched, provider_of
from sentiment.market.shaping import Shaped, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

OVERLAP_DAYS = 10
"""Days before the last stored bar that a tail is fetched from, to notice a history that changed under us."""

LEAST_OVERLAP = 3
RESTATED = 1e-4
"""Relative difference of a close from which a stored history counts as restated."""

FULL_EVERY = timedelta(days=7)
ASK_AGAIN = timedelta(hours=1)
"""How long an answer without the bar that should be there is good: a holiday, or a vendor that is late."""

MOST_THREADS = 4
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found.

    Attributes
    ----------
    new, revised, withdrawn : int
        Days added, given a new version, and taken back.
    full : str
        Why everything was fetched; empty after a tail.
    last : date or None
        Last closed bar that is stored now.
    running : pandas.Series or None
        The bar that is not closed yet: to be shown, not stored and not scored.
    quarantined : pandas.DataFrame
        Bars that were not stored, each with its `reason`.
    gaps : tuple of date
        Stored days inside the answer's span that the vendor no longer gives.
    """

    symbol: str
    new: int
    revised: int
    withdrawn: int
    full: str
    last: date | None
    running: pd.Series | None
    quarantined: pd.DataFrame
    gaps: tuple[date, ...]
    fetched_at: datetime


def refresh(
    symbol: str,
    *,
    full: bool = False,
    fetch: Callable[..., Fetched] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Refreshed:
    """Fetch what is missing of a symbol and append it to its saved bars.

    Parameters
    ----------
    symbol : str
        Any ticker that a provider knows.
    full : bool
        Whether to ask for the whole history even if its tail would do.
    fetch : callable, optional
        Used in place of the `fetch` of the provider that knows the symbol.
    now : callable
        The wall clock.

    Raises
    ------
    SourceError
        What the source did instead of answering; the saved bars are as they were.
    BarsError
        If the saved bars are damaged.
    """
    provider, symbol = provider_of(symbol)
    fetch = fetch or provider.fetch
    stored, about = bar_store.load_bars(symbol)
    why = "asked for" if full else _full_due(stored, about, now())
    if not why and about:
        try:
            fetched = fetch(symbol, stored.index[-1].date() - OVERLAP_DAYS * _DAY)
            shaped = shape(fetched, now())
            why = _doubt(stored, shaped.bars)
        except NoDataError:
            why = "no bars in the overlap"
    if why:
        fetched = fetch(symbol)
        shaped = shape(fetched, now())
    return _store(symbol, provider.NAME, fetched, shaped, why, about, now())


def _full_due(stored: pd.DataFrame, about: bar_store.Facts | None, now: datetime) -> str:
    if about is None or stored.empty:
        return "nothing stored yet"
    return "" if timedelta(0) <= now - about.full_at < FULL_EVERY else "weekly check"


def _doubt(stored: pd.DataFrame, tail: pd.DataFrame) -> str:
    """Say why a tail shows that the stored history may have been restated; nothing if it fits."""
    both = tail.index.intersection(stored.index)
    if len(both) < LEAST_OVERLAP:
        return f"only {len(both)} days overlap"
    old, new = stored.loc[both], tail.loc[both]
    if ((new["close"] - old["close"]).abs() > RESTATED * old["close"].abs()).any():
        return "closes were restated"
    before = stored["splits"].reindex(tail.index).fillna(0.0)
    return "a new split" if (before != tail["splits"]).any() else ""


def _store(  # noqa: PLR0913, PLR0917 - the parts of one answer
    symbol: str, source: str, fetched: Fetched, shaped: Shaped, why: str, about: bar_store.Facts | None, now: datetime
) -> Refreshed:
    if shaped.bars.empty and about is None:
        raise NoDataError(
            f"No closed bar of {symbol} can be trusted ({len(shaped.quarantined)} in quarantine).", symbol=symbol
        )
    meta = fetched.meta
    full_at = fetched.asked_at if why or about is None else about.full_at
    facts = bar_store.Facts(fetched.asked_at, full_at, meta.timezone, meta.instrument, meta.currency, source)
    count = bar_store.append(symbol, shaped.bars, now, facts)
    stored = count.bars.index
    given = shaped.bars.index.union(shaped.quarantined.index)
    span = stored[(stored >= given.min()) & (stored <= given.max())] if len(given) else stored[:0]
    return Refreshed(
        symbol=symbol,
        new=count.new,
        revised=count.revised,
        withdrawn=count.withdrawn,
        full=why,
        last=stored[-1].date() if len(stored) else None,
        running=shaped.running,
        quarantined=shaped.quarantined,
        gaps=tuple(stamp.date() for stamp in span.difference(given)),
        fetched_at=fetched.asked_at,
    )


def refresh_all(
    symbols: Iterable[str],
    *,
    full: bool = False,
    progress: Callable[[str, Refreshed | SentimentError], None] = lambda _symbol, _outcome: None,
    refresh_one: Callable[..., Refreshed] = refresh,
) -> dict[str, Refreshed | SentimentError]:
    """Refresh many symbols, at most `MOST_THREADS` at a time; one that fails does not hold up the rest.

    Parameters
    ----------
    symbols : iterable of str
        Each is asked for once.
    full : bool
        As in `refresh`.
    progress : callable
        Told each symbol and its outcome as it comes in, in this thread.
    refresh_one : callable
        What to do with one symbol.

    Returns
    -------
    dict
        The outcome of every symbol, in the order asked.
    """
    wanted = list(dict.fromkeys(symbols))
    outcomes: dict[str, Refreshed | SentimentError] = {}
    with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="refresh") as pool:
        running = {pool.submit(refresh_one, symbol, full=full): symbol for symbol in wanted}
        for done in as_completed(running):
            symbol = running[done]
            try:
                outcomes[symbol] = done.result()
            except SentimentError as failure:
                outcomes[symbol] = failure
            progress(symbol, outcomes[symbol])
    return {symbol: outcomes[symbol] for symbol in wanted}


def stale(symbol: str, now: datetime) -> bool:
    """Tell whether the source should be asked again.

    A series is stale if nothing is stored, if its weekly check is due, or if a bar should have closed that is not
    stored. A holiday leaves such a bar missing for good, so an answer that came after the bar's close is good for an
    hour, and one that came a day after it for as long as no further bar closes.
    """
    stored, about = bar_store.load_bars(symbol)
    if about is None or stored.empty or _full_due(stored, about, now):
        return True
    expected = last_closed(about, now)
    if stored.index[-1] >= day(expected) or about.fetched_at >= _closed_at(expected, about) + _DAY:
        return False
    return now - about.fetched_at >= ASK_AGAIN or about.fetched_at < _closed_at(expected, about)


def last_closed(about: bar_store.Facts, now: datetime) -> date:
    """Return the last day whose bar should be final: any day for crypto, a weekday elsewhere."""
    one = now.astimezone(_zone(about)).date()
    while now < _closed_at(one, about) or (one.weekday() >= _SATURDAY and about.instrument != "CRYPTOCURRENCY"):
        one -= _DAY
    return one


def _closed_at(one: date, about: bar_store.Facts) -> datetime:
    """Return the end of a day in the series' own zone; sessions end earlier, but which hour is not stored."""
    return datetime.combine(one + _DAY, time(), _zone(about))


def _zone(about: bar_store.Facts) -> ZoneInfo:
    return ZoneInfo("UTC" if about.instrument == "CRYPTOCURRENCY" else about.timezone)
