"""Bring the saved bars of a symbol up to date: fetch the missing tail, or everything if the tail raises a doubt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from sentiment.errors import NoDataError, SentimentError
from sentiment.formatting import counted
from sentiment.frames import day
from sentiment.market import bar_store, saved_bars
from sentiment.market.providers import Provider, provider_of, source_of
from sentiment.market.shaping import ShapedBars, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OVERLAP_DAYS = 10
"""Days before the last stored bar from which a tail is fetched, to notice a history that was changed upstream."""

LEAST_OVERLAP = 3
"""Bars that a tail must share with the stored ones to be trusted without the rest."""

RESTATED = 1e-4
"""Relative difference of a close above which a stored history counts as restated."""

FULL_EVERY = timedelta(days=7)
"""How long a check of the whole history holds."""

ASK_AGAIN = timedelta(hours=1)
"""How long to wait after an answer that lacked an expected bar: it was a holiday, or the provider is late."""

MOST_THREADS = 4
_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh changed.

    Attributes
    ----------
    new, revised, withdrawn : int
        Days added, given a new version, and withdrawn.
    full_reason : str
        Why the whole history was fetched; empty after a tail.
    last : date or None
        Last closed bar now stored.
    running : pandas.Series or None
        The bar that is not closed yet: shown, but neither stored nor scored.
    quarantined : pandas.DataFrame
        Bars that were not stored, each with its `reason`.
    gaps : tuple of date
        Stored days within the answer's range that the provider no longer gives.
    held_back : str
        Which of the quarantined bars are prices that were not believed, in words; empty for none.
    """

    symbol: str
    new: int
    revised: int
    withdrawn: int
    full_reason: str
    last: date | None
    running: pd.Series | None
    quarantined: pd.DataFrame
    gaps: tuple[date, ...]
    fetched_at: datetime
    held_back: str = ""


def utc_now() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def refresh(symbol: str, *, full: bool = False, clock: Callable[[], datetime] = utc_now) -> RefreshResult:
    """Fetch what is missing of a symbol and append it to its saved bars.

    Parameters
    ----------
    symbol : str
        Any ticker that a provider knows.
    full : bool
        Whether to fetch the whole history even if its tail would do.
    clock : callable
        Returns the current aware instant.

    Raises
    ------
    SourceError
        If the provider did not answer with prices; the saved bars are unchanged.
    BarsError
        If the saved bars are damaged.
    """
    provider, symbol = provider_of(symbol)
    stored, facts = saved_bars.load_bars(symbol)
    moved = _moved(facts, provider)
    reason = "asked for" if full else moved or _full_due(stored, facts, clock()) or _held_back(facts)
    if not reason:
        try:
            fetched = provider.fetch(symbol, stored.index[-1].date() - OVERLAP_DAYS * _DAY)
            shaped = shape(fetched, clock())
            reason = "a doubt about the tail" if shaped.held_back else _doubt(stored, shaped.bars)
        except NoDataError:
            reason = "no bars in the overlap"
    if reason:
        fetched = provider.fetch(symbol)
        shaped = shape(fetched, clock())
    if facts is None and shaped.bars.empty:
        raise NoDataError(
            f"No closed bar of {symbol} can be trusted ({len(shaped.quarantined)} in quarantine).", symbol=symbol
        )
    # `facts` is as read before the fetch: the last full check of another process must not pass for one of this answer.
    full_at = fetched.asked_at if reason or facts is None else facts.full_at
    meta = fetched.meta
    answered = bar_store.Facts(
        fetched.asked_at,
        full_at,
        meta.timezone,
        meta.instrument,
        meta.currency,
        source=provider.NAME,
        held_back=shaped.held_back,
    )
    replaced = moved and len(shaped.bars)
    gone = stored.drop(shaped.bars.index, errors="ignore") if replaced else _disbelieved(stored, shaped.quarantined)
    return _store(symbol, shaped, answered, reason, gone, clock())


def _full_due(stored: pd.DataFrame, facts: bar_store.Facts | None, now: datetime) -> str:
    if facts is None or stored.empty:
        return "nothing stored yet"
    return "" if timedelta(0) <= now - facts.full_at < FULL_EVERY else "weekly check"


def _held_back(facts: bar_store.Facts | None) -> str:
    """Say that prices were held back: only a whole history tells whether the source has mended them."""
    return "bars were held back" if facts and facts.held_back else ""


def _moved(facts: bar_store.Facts | None, provider: Provider) -> str:
    """Name the provider that the stored bars come from, if another one now answers for the symbol."""
    source = source_of(facts.source) if facts else provider.NAME
    return "" if source == provider.NAME else f"the stored bars are from {source}"


def _doubt(stored: pd.DataFrame, tail: pd.DataFrame) -> str:
    """Say why a tail suggests that the stored history was restated; empty if the two agree."""
    common = tail.index.intersection(stored.index)
    if len(common) < LEAST_OVERLAP:
        return f"only {counted(len(common), 'day overlaps', 'days overlap')}"
    old, new = stored.loc[common], tail.loc[common]
    if ((new["close"] - old["close"]).abs() > RESTATED * old["close"].abs()).any():
        return "closes were restated"
    known_splits = stored["splits"].reindex(tail.index).fillna(0.0)
    return "a new split" if (known_splits != tail["splits"]).any() else ""


def _disbelieved(stored: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return stored bars that are held back now as they stand."""
    held = held[~held.index.duplicated()]
    days = held.index.intersection(stored.index)
    old, new = (frame.loc[days, ["close", "dividends"]] for frame in (stored, held))
    same = ((old - new).abs() <= RESTATED * old.abs()).all(axis=1)
    return stored.loc[days[same.to_numpy()]]


def _store(  # noqa: PLR0913, PLR0917 - what came, what is said of it, and what goes
    symbol: str,
    shaped: ShapedBars,
    facts: bar_store.Facts,
    full_reason: str,
    gone: pd.DataFrame,
    now: datetime,
) -> RefreshResult:
    # A version without prices withdraws a day: one that is not believed any more, or that a former source alone has.
    withdrawn = gone.assign(**dict.fromkeys(("open", "high", "low", "close", "volume"), float("nan")))
    bars = pd.concat([shaped.bars, withdrawn]).sort_index() if len(withdrawn) else shaped.bars
    appended = bar_store.append(symbol, bars, now, facts)
    stored = appended.bars.index
    answered = shaped.bars.index.union(shaped.quarantined.index)
    in_range = stored[(stored >= answered.min()) & (stored <= answered.max())] if len(answered) else stored[:0]
    return RefreshResult(
        symbol=symbol,
        new=appended.new,
        revised=appended.revised - len(withdrawn),
        withdrawn=appended.withdrawn + len(withdrawn),
        full_reason=full_reason,
        last=stored[-1].date() if len(stored) else None,
        running=shaped.running,
        quarantined=shaped.quarantined,
        gaps=tuple(stamp.date() for stamp in in_range.difference(answered)),
        fetched_at=facts.fetched_at,
        held_back=facts.held_back,
    )


def refresh_all(
    symbols: Iterable[str],
    *,
    full: bool = False,
    progress: Callable[[str, RefreshResult | SentimentError], None] = lambda _symbol, _outcome: None,
) -> dict[str, RefreshResult | SentimentError]:
    """Refresh many symbols, at most `MOST_THREADS` at a time; a failure does not hold up the rest.

    Parameters
    ----------
    symbols : iterable of str
        Duplicates are refreshed once.
    full : bool
        As in `refresh`.
    progress : callable
        Called in this thread with each symbol and its outcome as it comes in.

    Returns
    -------
    dict
        The outcome of every symbol, in the order given.
    """
    unique = list(dict.fromkeys(symbols))
    outcomes: dict[str, RefreshResult | SentimentError] = {}
    with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="refresh") as pool:
        running = {pool.submit(refresh, symbol, full=full): symbol for symbol in unique}
        for future in as_completed(running):
            symbol = running[future]
            try:
                outcomes[symbol] = future.result()
            except SentimentError as failure:
                outcomes[symbol] = failure
            progress(symbol, outcomes[symbol])
    return {symbol: outcomes[symbol] for symbol in unique}


def stale(symbol: str, now: datetime) -> bool:
    """Return whether saved bars should be refreshed.

    They should if nothing is stored, if the weekly check is due, or if a bar should have closed that is not stored.
    On a holiday that bar never comes, so an answer given after the bar's close holds for an hour, and one given a day
    after it holds until the next bar closes. A weekly figure is only late, and asked for every hour until it comes. One that
    stands until the next may come on any day, and is asked for once a day.
    """
    stored, facts = saved_bars.load_bars(symbol)
    if facts is None or stored.empty or _full_due(stored, facts, now):
        return True
    if facts.held_back and now - facts.fetched_at >= ASK_AGAIN:
        return True
    if facts.instrument == "STEPWISE":
        return now - facts.fetched_at >= _DAY
    expected = last_closed(facts, now)
    if stored.index[-1] >= day(expected) or facts.fetched_at >= _closed_at(expected, facts) + (
        7 * _DAY if facts.instrument == "WEEKLY" else _DAY
    ):
        return False
    return now - facts.fetched_at >= ASK_AGAIN or facts.fetched_at < _closed_at(expected, facts)


def last_closed(facts: bar_store.Facts, now: datetime) -> date:
    """Return the last day whose bar should be final: any day for crypto, Friday for weekly figures, a weekday elsewhere.

    A morning's figure is final as its day begins.
    """
    candidate = now.astimezone(_zone(facts)).date()
    while now < _closed_at(candidate, facts) or not _has_bar(candidate, facts.instrument):
        candidate -= _DAY
    return candidate


def _has_bar(bar_day: date, instrument: str) -> bool:
    if instrument == "WEEKLY":
        return bar_day.weekday() == _FRIDAY
    return instrument in {"CRYPTOCURRENCY", "MORNING"} or bar_day.weekday() < _SATURDAY


def _closed_at(bar_day: date, facts: bar_store.Facts) -> datetime:
    """Return the end of a day in the series' own zone; sessions end earlier, but their hours are not stored."""
    return datetime.combine(bar_day + (timedelta(0) if facts.instrument == "MORNING" else _DAY), time(), _zone(facts))


def _zone(facts: bar_store.Facts) -> ZoneInfo:
    return ZoneInfo("UTC" if facts.instrument == "CRYPTOCURRENCY" else facts.timezone)
