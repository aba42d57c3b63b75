"""The parameters of an address: what they mean, which tables they change, and how a query of them is read."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

from sentiment.errors import InputError
from sentiment.formatting import read_day, shortened
from sentiment.market import assets, history
from sentiment.models import SEED, Selection
from sentiment.research import library
from sentiment.scoring.components import registry
from sentiment.tables import columns
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import names
from sentiment.web import links
from sentiment.web.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

BASE = "/api/v1/"
FORMS = ("csv", "json")
TABLES = {f"{BASE}{name}.{form}": (name, form) for name in columns.TABLES for form in FORMS}
ASKED = {**TABLES, f"{BASE}badge.svg": ("badge", "svg")}
"""Every address that takes parameters: which answer it gives, and in which form."""

LOOK = ("view", "chart", "log", "note", "correct", "embed", "embed_options")
"""Parameters of a page's link that only say how the page looks: a link can be pasted as it is."""

_ASSET = ("asset", "as_of", "known_at")
_DAYS = ("range", "start", "end")
_SOUGHT = (*_ASSET, "find", "publisher", "theme", "about", "since", *_DAYS)
OF: dict[str, tuple[str, ...]] = {
    "scores": (*_ASSET, "weights", *_DAYS),
    "prices": (*_ASSET, *_DAYS),
    "components": (*_ASSET, "weights", *_DAYS),
    "notes": _SOUGHT,
    "calls": _SOUGHT,
    "claims": _SOUGHT,
    "publishers": _SOUGHT,
    "evidence": (*_ASSET, "weights", "series", "horizon", "seed"),
    "badge": (*_ASSET, "weights"),
}
"""Which parameters change which answer; the others of a link are read too, and must be right, but change nothing."""

_DAY_SCHEMA = {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what it means, an example, its JSON schema, and what there is to choose from (None: too much to list)."""

    description: str
    example: str | int
    schema: dict[str, Any]
    there_are: Callable[[], Iterable[str]] | None = None


def _of_notes(name: str) -> Callable[[], Iterable[str]]:
    return lambda: links.filters(library.library())[name]


PARAMETERS: dict[str, Parameter] = {
    "asset": Parameter(
        "Symbol of the asset; without it BTC-USD.",
        "BTC-USD",
        {"type": "string"},
        lambda: [asset.symbol for asset in assets.assets()],
    ),
    "as_of": Parameter(
        "Day to look from: nothing that was known later is in the answer. Without it the latest.",
        "2025-12-02",
        _DAY_SCHEMA,
    ),
    "known_at": Parameter(
        "Prices and notes as they were saved at this instant. Together with as_of the answer stays for good.",
        "2026-10-04T12:00:00Z",
        {"type": "string", "format": "date-time"},
    ),
    "weights": Parameter(
        "Weights that differ from the standard, each component once; 0 to 100.",
        "drawdown:20,policy:0",
        {"type": "string", "pattern": r"^[a-z_]+:[^,:]+(,[a-z_]+:[^,:]+)*$"},
        lambda: [part.name for part in registry()],
    ),
    "range": Parameter(
        "Only the last days: 3 or 6 months, 1, 2 or 5 years, or All. Without it all rows; not together with start or end. "
        "The evidence has no days, and takes no notice.",
        "1Y",
        {"type": "string"},
        lambda: links.RANGES,
    ),
    "start": Parameter("First day of the rows; of notes, their day of publication.", "2025-11-01", _DAY_SCHEMA),
    "end": Parameter("Last day of the rows; of notes, their day of publication.", "2025-12-02", _DAY_SCHEMA),
    "find": Parameter(
        "Words that the notes hold, in any order; case and accents do not count.",
        "fear",
        {"type": "string", "maxLength": links.MAX_FIND},
    ),
    "publisher": Parameter("Publisher of the notes.", "K33 Research", {"type": "string"}, _of_notes("publisher")),
    "theme": Parameter("Theme of the notes.", "leverage", {"type": "string"}, _of_notes("theme")),
    "about": Parameter(
        "Symbol of an asset that the notes are about.", "BTC-USD", {"type": "string"}, _of_notes("about")
    ),
    "since": Parameter("First day of publication of the notes.", "2025-11-01", _DAY_SCHEMA),
    "series": Parameter("Reading that the evidence judges; without it Regimes.", "VIX", {"type": "string"}, names),
    "horizon": Parameter(
        "Days ahead that the evidence looks; without it every horizon.",
        30,
        {"type": "integer"},
        lambda: [str(days) for days in HORIZONS],
    ),
    "seed": Parameter(
        f"Of the evidence's resamples; without it {SEED}.",
        SEED,
        {"type": "integer", "minimum": 0, "maximum": 10**links.SEED_DIGITS - 1},
    ),
    "v": Parameter("Form of the link; there is one.", links.VERSION, {"type": "string"}, lambda: [links.VERSION]),
}


class Wanted(NamedTuple):
    """What is asked for: which answer in which form, for which selection (its day settled), and its canonical query."""

    what: str
    form: str
    selection: Selection
    query: str
    pinned: bool
    start: date | None = None
    end: date | None = None
    horizon: int | None = None

    @property
    def file_name(self) -> str:
        """Name for the answer as a file: what it is about, its day, and as it was known when."""
        of_asset = "weights" in OF[self.what] or self.what == "prices"
        asset = f"{self.selection.asset}_" if of_asset else ""
        plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_.=^") else "_" for one in asset)
        known_at = self.selection.known_at
        pinned = f"_known_{known_at:%Y-%m-%dT%H%M%SZ}" if known_at else ""
        return f"{plain}{self.what}_{self.selection.as_of}{pinned}.{self.form}"


def read(what: str, form: str, query: str) -> Wanted:
    """Read a query by the rules of links, but leave nothing unsaid: what a page passes over is refused here.

    Raises
    ------
    ProblemError
        Naming every parameter that is wrong, and what there is to choose from.
    """
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in LOOK]
    selection, found = links.parse_pairs([pair for pair in pairs if pair[0] not in {"start", "end"}])
    problems = [(problem.name, problem.message) for problem in found]
    given = {name for name, _ in pairs}
    edges: dict[str, date] = {}
    for name in sorted(given & {"start", "end"}, reverse=True):
        values = [value for other, value in pairs if other == name]
        try:
            edges[name] = read_day(values[0])
        except InputError as error:
            problems.append((name, f"{name}: {error}"))
        if len(values) > 1:
            problems.append((name, f"The address gives {name} {len(values)} times"))
    if "range" in given and edges:
        problems.append(("range", f"The address gives a range and {' and '.join(edges)}; give the one or the other"))
    if what not in columns.TABLES or not set(_DAYS) & set(OF[what]):
        problems += [(name, f"{name}: {what} has no rows of days, only as_of") for name in edges]
    if problems:
        raise ProblemError(
            "bad-request",
            " ".join(f"{message}." for _, message in problems),
            problems=[{"parameter": name, "detail": f"{message}."} for name, message in problems],
            there_are=_there_are(name for name, _ in problems),
        )
    return _wanted(what, form, selection, given, edges)


def text_of(query: bytes) -> str:
    """Return a query as text.

    Raises
    ------
    ProblemError
        If it holds what is none, written as bytes or with per cent signs.
    """
    try:
        text = query.decode()
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ProblemError(
            "bad-request", "The query holds bytes that are no UTF-8 text; é is written %C3%A9."
        ) from None
    return text


def _wanted(what: str, form: str, selection: Selection, given: set[str], edges: dict[str, date]) -> Wanted:
    default = Selection()
    idle: dict[str, Any] = {
        field.name: getattr(default, field.name) for field in fields(Selection) if field.name not in OF[what]
    }
    chosen = replace(selection, **idle)
    # A default that a link leaves out says something here, where without it all rows are meant.
    extra = {name: getattr(chosen, name) for name in ("range", "horizon") if name in given and name in OF[what]}
    plain = links.to_query(replace(chosen, range=default.range, horizon=default.horizon))
    query = "&".join(part for part in (plain, urlencode(extra | edges)) if part)
    as_of = history.resolve_day(chosen.asset, chosen.as_of, chosen.known_at)
    start = edges.get("start")
    if "range" in extra:
        start = links.start_of(chosen, as_of)
    return Wanted(
        what,
        form,
        replace(chosen, as_of=as_of),
        query,
        chosen.as_of is not None and chosen.known_at is not None,
        start,
        edges.get("end"),
        chosen.horizon if "horizon" in extra else None,
    )


def _there_are(wrong: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in wrong:
        parameter = PARAMETERS.get(name)
        if parameter is None:
            found["parameters"] = [*PARAMETERS, *LOOK]
        elif parameter.there_are is not None:
            found[name] = list(parameter.there_are())
    return found


def too_long(query: str) -> ProblemError:
    """Say that a query is longer than any link."""
    return ProblemError(
        "too-long",
        f"The query has {len(query):,} characters; at most {links.MAX_QUERY:,} are read.",
        maximum=links.MAX_QUERY,
    )


def no_address(path: str, addresses: Iterable[str]) -> ProblemError:
    """Say that nothing has this address, and what has one."""
    return ProblemError(
        "unknown-address",
        f"Nothing is at {shortened(path)}; /api/v1/ lists what there is, all of it in small letters.",
        there_are={"tables": list(columns.TABLES), "forms": FORMS, "addresses": list(addresses)},
    )
