"""How something shown here is cited: its frozen link, who its figures are from, and three forms of the citation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sentiment.formatting import plain_day, visible
from sentiment.market import assets, bar_store, bundled, history, providers
from sentiment.market import terms as reservations
from sentiment.models import METHOD
from sentiment.research import library, store
from sentiment.web import links

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sentiment.models import Selection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMED = 5
_PUBLIC = "public facts, see data/README.md"
_BIBTEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


class Citation(NamedTuple):
    """A citation in one line, in full and as BibTeX, and the frozen link that is in each."""

    short: str
    full: str
    bibtex: str
    link: str


def frozen(selection: Selection, last: date, now: datetime | None = None, *, notes: bool = True) -> Selection:
    """Return a selection that shows the same for good: of its day, at an instant after which nothing was saved so far.

    The instant is that of the last save, or the end of the day shown where that is later, so that it stays while the data does.

    Parameters
    ----------
    selection : Selection
        What is shown.
    last : date
        The last day shown.
    now : datetime, optional
        For tests.
    notes : bool
        Whether what is shown depends on notes.

    Raises
    ------
    StoreError
        If the saved notes cannot be read.
    """
    pinned = replace(selection, as_of=selection.as_of or last)
    if selection.known_at is not None:
        return pinned
    now = now or datetime.now(UTC)
    files = max((bar_store.changed_at(symbol) for symbol in bar_store.symbols()), default=0)
    saved = _EPOCH + timedelta(microseconds=max(-(-files // 1_000), library.version() if notes else 0, 0))
    whole = saved.replace(microsecond=0) + timedelta(seconds=saved.microsecond > 0)
    last_save = whole if whole <= now else min(saved, now)
    end_of_day = datetime.combine(last + timedelta(1), time(), UTC)
    return replace(pinned, known_at=max(last_save, end_of_day) if end_of_day <= now else last_save)


def stays(pinned: Selection) -> bool:
    """Promise that a pinned screen stays, and return whether it does: nothing more is saved under its instant, and all can be read."""
    instant = pinned.known_at
    if instant is None or instant > datetime.now(UTC) or library.version() < 0 or not bar_store.all_sound():
        return False
    return store.promise(instant)


def terms(symbols: Iterable[str], known_at: datetime | None) -> dict[str, str]:
    """Return the sources of some assets' prices and of the series behind their scores, each with its licence."""
    series = dict.fromkeys(one for symbol in symbols for one in reservations.behind(symbol, known_at))
    sources = dict.fromkeys(history.source(symbol, known_at) for symbol in series)
    return {name: _PUBLIC if name == bundled.NAME else providers.licence_of(name) for name in sources}


def about_assets(symbols: Sequence[str], day: date, known_at: datetime | None) -> str:
    """Name some assets and a day; of many assets the first."""
    shown = [f"{assets.asset(symbol, known_at).title} ({symbol})" for symbol in symbols[:_NAMED]]
    more = f" and {len(symbols) - _NAMED:,} more" if len(symbols) > _NAMED else ""
    return f"{', '.join(shown)}{more}, {plain_day(day)}"


def cite(what: str, pinned: Selection, base: str, about: str = "", of: Sequence[str] = ()) -> Citation:
    """Cite something that is shown.

    Parameters
    ----------
    what : str
        What it is or says, without a full stop at its end.
    pinned : Selection
        As `frozen` returns it.
    base : str
        Address of the page.
    about : str
        What it is about, where that is not the asset on its day.
    of : sequence of str
        The assets whose prices are behind it, where that is not the one selected.
    """
    named, day, known_at = tuple(of) or (pinned.asset,), pinned.as_of, pinned.known_at
    if day is None or known_at is None:
        raise TypeError("only a frozen selection can be cited")
    link = links.address(base, pinned)
    instant = known_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    sources = ", ".join(terms(named, known_at))
    what = " ".join(visible(what).split()).rstrip(".")
    about = " ".join(visible(about or about_assets((pinned.asset,), day, known_at)).split())
    short_sources = ", ".join(dict.fromkeys(history.source(symbol, known_at) for symbol in named))
    rests = f"Method {METHOD}, with prices and notes as known at {instant}. Sources: {sources}"
    name = re.sub(r"[^a-z0-9]+", "-", f"{'-'.join(named[:_NAMED])}-{day}".lower()).strip("-")
    bibtex = "\n".join(
        (
            f"@misc{{sentiment-{name},",
            "  author = {{Sentiment}},",
            f"  title  = {{{{{_for_bibtex(f'{about}: {what}')}}}}},",
            f"  year   = {{{day.year}}},",
            f"  month  = {f'{day:%b}'.lower()},",
            f"  note   = {{{_for_bibtex(rests)}}},",
            f"  url    = {{{link}}},",
            "}",
        )
    )
    return Citation(
        short=f"{about}: {what} (Sentiment, from {short_sources}). {link}",
        full=f"Sentiment: fear and fundamentals. “{what}.” {about}. {rests}. {link}",
        bibtex=bibtex,
        link=link,
    )


def _for_bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in text)
