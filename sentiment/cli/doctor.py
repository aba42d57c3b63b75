"""What a person who looks after an installation wants to know: what is there, whether it works, and what to do where not."""

from __future__ import annotations

import platform
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from sentiment import files, settings
from sentiment.errors import DataError, SelectionError, SentimentError
from sentiment.market import bar_file, bundled, live, providers
from sentiment.market.providers import Budget
from sentiment.models import Selection
from sentiment.research import database, library, store
from sentiment.settings import Changes
from sentiment.web import access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

State = Literal["ok", "warning", "broken"]

LIBRARIES = ("streamlit", "starlette", "uvicorn", "pandas", "numpy", "pyarrow", "plotly", "sqlalchemy", "yfinance")
LEAST_FREE, LITTLE_FREE = 50 * 2**20, 500 * 2**20
SHORT = Budget(total=5.0, chart=4.0)
OLD = timedelta(days=7)
AHEAD = timedelta(minutes=5)
"""By how much the clock of another machine may be ahead of ours."""


class Finding(NamedTuple):
    """What a check found: whether it is well, in words, and what to do where it is not."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine() -> list[Finding]:
    """Look at everything; each check stands alone, so that one trouble hides no other."""
    return [finding for check in CHECKS for finding in check()]


def _versions() -> Iterator[Finding]:
    known = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    ours = metadata.version("sentiment-dashboard")
    yield Finding("versions", "ok", f"sentiment {ours}, Python {platform.python_version()}, {known}")


def _settings() -> Iterator[Finding]:
    yield Finding("settings", "ok", ", ".join(f"{name}={value}" for name, value in settings.in_force().items()))
    for told in settings.misread():
        unread = "nobody reads it" in told
        yield Finding("settings", "warning" if unread else "broken", told, "set it right, or unset it")


def _signing_in() -> Iterator[Finding]:
    try:
        asked = settings.changes() is Changes.SIGNED_IN
    except SelectionError:
        return  # told by the settings
    if asked and (missing := access.missing()):
        yield Finding("signing in", "broken", missing, "docs/operations.md has the steps")
    elif asked:
        yield Finding("signing in", "ok", "whoever signs in may add notes and have prices fetched")


def _folder() -> Iterator[Finding]:
    home = files.saved()
    there = next(one for one in (home, *home.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as cause:
        advice = "see to its owner and rights, or name another in SENTIMENT_DATA_DIR"
        yield Finding("folder", "broken", f"{home} cannot be written: {cause.strerror}", advice)
    else:
        yield Finding("folder", "ok", f"{home}{'' if there == home else ' (made by the first save)'}")
    free = shutil.disk_usage(there).free
    state: State = "broken" if free < LEAST_FREE else "warning" if free < LITTLE_FREE else "ok"
    yield Finding("disk", state, f"{free / 2**20:,.0f} MiB free", "" if state == "ok" else "free some space")


def _notes() -> Iterator[Finding]:
    try:
        place = database.place("the notes cannot be looked at")
        where = str(place) if isinstance(place, Path) else f"PostgreSQL database {place.database} on {place.host}"
        saved, revision = store.versions(), store.revision()
        count = len(library.library())
    except SentimentError as error:
        yield Finding("notes", "broken", str(error), "mend what it says, or `sentiment restore FILE.zip --replace`")
        return
    schema = (
        f"tables of version {revision} (this program writes {store.REVISIONS[-1]})" if revision else "nothing saved yet"
    )
    yield Finding(
        "notes", "ok", f"{where}: {schema}, {len(saved):,} versions as they were saved, {count:,} notes in all"
    )


def _prices() -> Iterator[Finding]:
    try:
        rows = sum(len(bundled.bars(symbol)) for symbol in bundled.assets())
    except DataError as error:
        yield Finding("bundled prices", "broken", str(error), "install the program anew")
    else:
        yield Finding("bundled prices", "ok", f"{len(bundled.assets())} series, {rows:,} days")
    facts = {name: bar_file.facts_in(content) for name, content in bar_file.all_files()}
    damaged = [name for name, one in facts.items() if one is None]
    if damaged:
        advice = "`sentiment refresh` sets them aside and fetches them anew; a back-up has what was known earlier"
        yield Finding("saved prices", "broken", f"{len(damaged)} damaged: {', '.join(damaged)}", advice)
    fetched = [one.fetched_at for one in facts.values() if one is not None]
    if not fetched:
        yield Finding("saved prices", "ok", "none yet; the bundled ones are shown")
    else:
        old = datetime.now(UTC) - max(fetched) > OLD and live.enabled()
        last = f"{len(fetched):,} series, the last one fetched {max(fetched):%Y-%m-%d %H:%M} UTC"
        yield Finding("saved prices", "warning" if old else "ok", last, "`sentiment refresh`" if old else "")
    if aside := bar_file.set_aside():
        advice = "look at them, then remove them"
        yield Finding("saved prices", "warning", f"set aside as damaged: {', '.join(aside)}", advice)


def _source() -> Iterator[Finding]:
    if not live.enabled():
        names = ", ".join(provider.NAME for provider in providers.registry())
        yield Finding("source", "ok", f"{names} was not asked: SENTIMENT_OFFLINE=1")
        return
    provider, symbol = providers.provider_of(Selection().asset)
    try:
        provider.fetch(symbol, start=datetime.now(UTC).date() - timedelta(days=7), budget=SHORT)
    except SentimentError as error:
        advice = "what is saved stays on the page; try again later, or set SENTIMENT_OFFLINE=1"
        yield Finding("source", "warning", f"{provider.NAME}: {error}", advice)
    else:
        yield Finding("source", "ok", f"{provider.NAME} answers for {symbol}")


def _clock() -> Iterator[Finding]:
    now, known = datetime.now(UTC), _latest_known()
    if known is not None and known > now + AHEAD:
        advice = "set the clock (NTP): what is saved now would be dated before what is there"
        yield Finding(
            "clock", "broken", f"it says {now:%Y-%m-%d %H:%M} UTC, but {known:%Y-%m-%d %H:%M} is known", advice
        )
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not before anything that is known")


def _latest_known() -> datetime | None:
    """Return the latest instant of anything stored that can be read; what cannot is told by its own check."""
    found = [
        facts.fetched_at for _, content in bar_file.all_files() if (facts := bar_file.facts_in(content)) is not None
    ]
    try:
        found += [one.known_at for one in store.versions()[-1:]]
        found += [bundled.bars(symbol).index[-1].to_pydatetime() for symbol in bundled.assets()]
    except DataError:
        pass
    return max(found, default=None)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _versions,
    _settings,
    _signing_in,
    _folder,
    _notes,
    _prices,
    _source,
    _clock,
)
