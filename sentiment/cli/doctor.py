"""Check an installation: what is there, whether it works, and what to do if it does not."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from sentiment import files, settings
from sentiment.errors import DataError, SelectionError, SentimentError
from sentiment.formatting import counted, shortened
from sentiment.market import bar_file, bundled, live, providers, watchlist
from sentiment.market.providers import Budget
from sentiment.models import Selection
from sentiment.research import database, library, second_reader, store
from sentiment.settings import Changes
from sentiment.web import access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sentiment.market.providers import Provider

State = Literal["ok", "warning", "broken"]

LIBRARIES = ("streamlit", "starlette", "uvicorn", "pandas", "numpy", "pyarrow", "plotly", "sqlalchemy", "yfinance")
LEAST_FREE, LITTLE_FREE = 50 * 2**20, 500 * 2**20
SHORT = Budget(total=5.0, chart=4.0)
OLD = timedelta(days=7)
AHEAD = timedelta(minutes=5)
"""How far ahead of ours the clock of another machine may be."""


class Diagnosis(NamedTuple):
    """The result of a check: its state, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine() -> list[Diagnosis]:
    """Run all checks; they are independent, so that one problem hides no other."""
    return [diagnosis for check in CHECKS for diagnosis in check()]


def _versions() -> Iterator[Diagnosis]:
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    version = metadata.version("sentiment-dashboard")
    yield Diagnosis("versions", "ok", f"sentiment {version}, Python {platform.python_version()}, {libraries}")


def in_force() -> dict[str, str]:
    """Return the value of every variable, or its default; a URL without its password, and of secrets that they are set."""
    return {
        name: _without_password(name, os.environ.get(name, "")) or setting.default
        for name, setting in settings.SETTINGS.items()
    }


def _without_password(name: str, text: str) -> str:
    if settings.SETTINGS[name].secret and text:
        return "***"
    if name == settings.MODEL_URL_VARIABLE and text and not settings.MODEL_URL_FORM.fullmatch(text.strip()):
        return "***"  # it may hold a key
    if name != settings.SECRET or not text:
        return text
    scheme, _, rest = text.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2].partition('?')[0]}" if "@" in rest else f"{scheme}://..."


def _settings() -> Iterator[Diagnosis]:
    yield Diagnosis("settings", "ok", ", ".join(f"{name}={value}" for name, value in in_force().items()))
    for problem in settings.misread():
        unused = "nothing reads it" in problem
        yield Diagnosis("settings", "warning" if unused else "broken", problem, "correct it, or unset it")


def _signing_in() -> Iterator[Diagnosis]:
    try:
        required = settings.changes() is Changes.SIGNED_IN
    except SelectionError:
        return  # reported by the check of the settings
    if required and (missing := access.missing()):
        yield Diagnosis("signing in", "broken", missing, "docs/operations.md has the steps")
    elif required:
        yield Diagnosis("signing in", "ok", "signed-in users may add notes and have prices fetched")


def _frames() -> Iterator[Diagnosis]:
    from sentiment.web import streamlit_state  # noqa: PLC0415 - seconds, after the checks that need none of it

    if origins := streamlit_state.steering_origins():
        found = f"pages of {shortened(', '.join(origins))} may steer this one by messages when they frame it"
        yield Diagnosis("frames", "warning", found, "set client.allowedOrigins = [] in .streamlit/config.toml")
    else:
        yield Diagnosis("frames", "ok", "no other page may steer this one")


def _folder() -> Iterator[Diagnosis]:
    home = files.saved()
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as cause:
        advice = "check its owner and permissions, or name another in SENTIMENT_DATA_DIR"
        yield Diagnosis("folder", "broken", f"{home} cannot be written: {cause.strerror}", advice)
    else:
        yield Diagnosis("folder", "ok", f"{home}{'' if existing == home else ' (made by the first save)'}")
    free = shutil.disk_usage(existing).free
    state: State = "broken" if free < LEAST_FREE else "warning" if free < LITTLE_FREE else "ok"
    yield Diagnosis("disk", state, f"{free / 2**20:,.0f} MiB free", "" if state == "ok" else "free some space")


def _notes() -> Iterator[Diagnosis]:
    try:
        place = database.place("the notes cannot be looked at")
        where = str(place) if isinstance(place, Path) else f"PostgreSQL database {place.database} on {place.host}"
        saved, revision = store.versions(), store.revision()
        count = len(library.library())
    except SentimentError as error:
        yield Diagnosis("notes", "broken", str(error), "fix what it says, or `sentiment restore FILE.zip --replace`")
        return
    schema = (
        f"tables of version {revision} (this program writes {store.REVISIONS[-1]})" if revision else "nothing saved yet"
    )
    told = f"{where}: {schema}, {counted(len(saved), 'saved version')}, {counted(count, 'note')} in all"
    yield Diagnosis("notes", "ok", told)


def _prices() -> Iterator[Diagnosis]:
    try:
        rows = sum(len(bundled.bars(symbol)) for symbol in bundled.assets())
    except DataError as error:
        yield Diagnosis("bundled prices", "broken", str(error), "reinstall the program")
    else:
        yield Diagnosis("bundled prices", "ok", f"{len(bundled.assets())} series, {rows:,} days")
    contents = dict(bar_file.all_files())
    if unreadable := [name for name, content in contents.items() if content is None]:
        advice = (
            f"check what these are in {bar_file.folder()}, and their owners and permissions; other assets are shown"
        )
        found = f"{len(unreadable)} cannot be read: {', '.join(unreadable)}"
        yield Diagnosis("saved prices", "broken", found, advice)
    facts_by_file = {name: bar_file.facts_in(content) for name, content in contents.items() if content is not None}
    damaged = [name for name, facts in facts_by_file.items() if facts is None]
    if damaged:
        advice = "`sentiment refresh` sets them aside and fetches them again; a back-up has what was known earlier"
        yield Diagnosis("saved prices", "broken", f"{len(damaged)} damaged: {', '.join(damaged)}", advice)
    fetched = [facts.fetched_at for facts in facts_by_file.values() if facts is not None]
    if not fetched:
        yield Diagnosis("saved prices", "ok", "none yet; the bundled ones are shown")
    else:
        old = datetime.now(UTC) - max(fetched) > OLD and live.enabled()
        summary = f"{len(fetched):,} series, the last one fetched {max(fetched):%Y-%m-%d %H:%M} UTC"
        yield Diagnosis("saved prices", "warning" if old else "ok", summary, "`sentiment refresh`" if old else "")
    for name, facts in facts_by_file.items():
        if facts is not None and facts.held_back:
            advice = "the source contradicts itself; `sentiment refresh` asks again"
            yield Diagnosis("saved prices", "warning", f"{name}: {facts.held_back}", advice)
    if aside := bar_file.set_aside():
        advice = (
            "put them back from a back-up or refresh them, then remove them; meanwhile no answer is called immutable"
        )
        yield Diagnosis("saved prices", "warning", f"set aside as damaged: {', '.join(aside)}", advice)


def _watchlist() -> Iterator[Diagnosis]:
    where = watchlist.VARIABLE if watchlist.set_by_operator() else watchlist.FILE
    try:
        listed, refused = watchlist.symbols(), watchlist.refused()
    except DataError as error:
        yield Diagnosis("watchlist", "broken", str(error), "check its owner and permissions, or remove it")
        return
    origin = where if watchlist.names() else "no list, so the bundled assets"
    yield Diagnosis("watchlist", "ok", f"{origin}: {counted(len(listed), 'asset')}")
    for written, why in refused.items():
        yield Diagnosis(
            "watchlist", "warning", f"{shortened(written)}: {why}", f"write it another way, or take it out of {where}"
        )


def _saved_sources() -> Iterator[Diagnosis]:
    """Tell for each source what is saved of it, and when it last answered; its failures are kept by no file."""
    answers: dict[str, list[datetime]] = {provider.NAME: [] for provider in providers.registry()}
    for _, content in bar_file.all_files():
        if content is not None and (facts := bar_file.facts_in(content)) is not None:
            answers.setdefault(providers.source_of(facts.source), []).append(facts.fetched_at)
    now = datetime.now(UTC)
    for name, instants in answers.items():
        if not instants:
            yield Diagnosis("saved from", "ok", f"{name}: nothing")
            continue
        last, oldest = max(instants), min(instants)
        found = f"{name}: {len(instants):,} series; last answer {last:%Y-%m-%d %H:%M} UTC, {_ago(now - last)}"
        found += f"; the oldest series {_ago(now - oldest)}" if now - oldest >= now - last + timedelta(days=1) else ""
        late = live.enabled() and now - last > OLD
        yield Diagnosis("saved from", "warning" if late else "ok", found, "`sentiment refresh`" if late else "")


def _ago(age: timedelta) -> str:
    if age < timedelta(hours=2):
        return f"{counted(max(age, timedelta(0)) // timedelta(minutes=1), 'minute')} ago"
    return f"{counted(age.days, 'day') if age >= timedelta(days=2) else counted(age // timedelta(hours=1), 'hour')} ago"


def _source() -> Iterator[Diagnosis]:
    if not live.enabled():
        names = [provider.NAME for provider in providers.registry()]
        verb = "was" if len(names) == 1 else "were"
        yield Diagnosis("source", "ok", f"{providers.named(names)} {verb} not asked: SENTIMENT_OFFLINE=1")
        return
    week_ago = datetime.now(UTC).date() - timedelta(days=7)
    for provider, symbol in _sample_symbols():
        try:
            provider.fetch(symbol, start=week_ago, budget=SHORT)
        except SentimentError as error:
            advice = "what is saved stays on the page; try again later, or set SENTIMENT_OFFLINE=1"
            yield Diagnosis("source", "warning", f"{provider.NAME}: {error}", advice)
        else:
            yield Diagnosis("source", "ok", f"{provider.NAME} answers for {symbol}")


def _sample_symbols() -> list[tuple[Provider, str]]:
    """Return one symbol for each provider in use: the default asset, and for other providers a saved one."""
    samples: dict[str, tuple[Provider, str]] = {}
    for saved in (Selection().asset, *filter(providers.is_ticker, bar_file.symbols())):
        provider, symbol = providers.provider_of(saved)
        samples.setdefault(provider.NAME, (provider, symbol))
    return list(samples.values())


def _second_reader() -> Iterator[Diagnosis]:
    try:
        model = settings.model()
    except SelectionError:
        return  # reported by the check of the settings
    if model is None:
        yield Diagnosis("second reader", "ok", "off: no model is set, and no text leaves this machine for one")
        return
    about = f"texts go to {model.name} at {model.host} when somebody asks it"
    try:
        second_reader.check_installed()
        found = second_reader.look(model) if live.enabled() else f"{model.host} was not asked: SENTIMENT_OFFLINE=1"
    except SentimentError as error:
        advice = "docs/second-reader.md has the steps; everything else works without it"
        yield Diagnosis("second reader", "warning", f"{about}; {error}", advice)
    else:
        yield Diagnosis("second reader", "ok", f"{about}; {found}")


def _clock() -> Iterator[Diagnosis]:
    now, latest = datetime.now(UTC), _latest_known()
    if latest is not None and latest > now + AHEAD:
        advice = "set the clock (NTP): what is saved now would be dated before what is there"
        yield Diagnosis(
            "clock", "broken", f"it says {now:%Y-%m-%d %H:%M} UTC, but {latest:%Y-%m-%d %H:%M} is known", advice
        )
    else:
        yield Diagnosis("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not before anything that is known")


def _latest_known() -> datetime | None:
    """Return the latest instant in the stored data; what cannot be read is reported by its own check."""
    instants = [
        facts.fetched_at
        for _, content in bar_file.all_files()
        if content is not None and (facts := bar_file.facts_in(content)) is not None
    ]
    try:
        instants += [version.known_at for version in store.versions()[-1:]]
        instants += [bundled.bars(symbol).index[-1].to_pydatetime() for symbol in bundled.assets()]
    except DataError:
        pass
    return max(instants, default=None)


CHECKS: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
    _versions,
    _settings,
    _signing_in,
    _frames,
    _folder,
    _notes,
    _prices,
    _watchlist,
    _saved_sources,
    _source,
    _second_reader,
    _clock,
)
