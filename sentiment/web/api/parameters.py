"""The parameters of an address: what they mean, and what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentiment.market import assets
from sentiment.models import METHOD, SEED
from sentiment.research import library, public_calls
from sentiment.scoring.components import registry as components
from sentiment.tables import registry
from sentiment.tables.record import ASSET_PARAMETERS, BETWEEN_ASSETS, SEVERAL
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import signal_names
from sentiment.web import links
from sentiment.web.api.addresses import BADGE
from sentiment.web.api.feed_names import SUBSCRIPTIONS
from sentiment.web.picture_names import PICTURES
from sentiment.web.table_forms import CSV_FORMS, FORMS
from sentiment.web.table_writing import BETWEEN_COLUMNS, DECIMALS, SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DISPLAY_PARAMETERS = (
    *("view", "chart", "zoom", "log", "note", "correct", "embed", "embed_options"),
    *("call", "outcome", "called", "caller", "among"),
)
"""Parameters of a page's link that only say how the page looks; they are ignored, so that any link can be pasted, but by the
pictures that they change."""

MAX_LONG = 10
"""Most assets that one answer holds below each other."""
_DAY_SCHEMA = {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: what it means, an example, its JSON schema, and its choices (None: too many to list).

    `name` is its name in addresses where that is another than in `PARAMETERS`.
    """

    description: str
    example: str | int
    schema: dict[str, Any]
    choices: Callable[[], Iterable[str]] | None = None
    name: str = ""


def long_tables() -> tuple[str, ...]:
    """Return the tables about one asset that several assets can share: the rows of one below those of the other."""
    return tuple(name for name, table in registry.offered("api").items() if table.has_long_form)


def _without_days() -> list[str]:
    return [name for name, table in registry.offered("api").items() if not table.has_days]


def _of_notes(name: str) -> Callable[[], Iterable[str]]:
    return lambda: links.filters(library.library())[name]


PARAMETERS: dict[str, Parameter] = {
    "asset": Parameter(
        f"Symbol of the asset; default: BTC-USD. For {', '.join(long_tables())} also up to {MAX_LONG}, separated by {BETWEEN_ASSETS}, with "
        "their rows below each other and a column asset in front.",
        "BTC-USD",
        {"type": "string"},
        assets.names,
    ),
    "assets": Parameter(
        "Two to five assets to compare, the selected one first; if asset is not given, the first is selected. Default: the selected "
        "asset and two of BTC-USD, SPY and GLD.",
        "BTC-USD~SPY~GLD",
        {"type": "string", "pattern": r"^[^~]+(~[^~]+){1,4}$"},
        assets.names,
    ),
    SEVERAL: Parameter(
        f"Symbols of assets, separated by {BETWEEN_ASSETS}; default: those of the watchlist, which may change (for a calendar, or a feed "
        "with a filter of notes: all notes).",
        f"BTC-USD{BETWEEN_ASSETS}SPY",
        {"type": "string", "pattern": f"^[^{BETWEEN_ASSETS}]+({BETWEEN_ASSETS}[^{BETWEEN_ASSETS}]+)*$"},
        assets.names,
        name="asset",
    ),
    "as_of": Parameter(
        "Day to look back from: nothing that became known later is in the answer. Default: the latest.",
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
        lambda: [part.name for part in components()],
    ),
    "range": Parameter(
        "Only the last days: 3 or 6 months, 1, 2 or 5 years, or All. Default: all rows (a picture shows two years); not together "
        f"with start or end. Tables without rows of days ({', '.join(_without_days())}) ignore it.",
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
    "series": Parameter("Reading that the evidence judges; default: Regimes.", "VIX", {"type": "string"}, signal_names),
    "horizon": Parameter(
        "Days ahead that the evidence looks; default: every horizon.",
        30,
        {"type": "integer"},
        lambda: [str(days) for days in HORIZONS],
    ),
    "log": Parameter(
        "Whether the price of a picture is on a logarithmic scale; default: true.",
        "true",
        {"type": "string"},
        lambda: ("true", "false"),
    ),
    "note": Parameter(
        "Id of a note; default: the latest about the asset that has what the picture shows.",
        "k33-2025-12-02",
        {"type": "string"},
        lambda: [note.id for note in library.library()],
    ),
    "call": Parameter(
        "Id of a public call; default: the latest about the asset.",
        "b022",
        {"type": "string"},
        lambda: [one.id for one in public_calls.collection()],
    ),
    "seed": Parameter(
        "Has no effect: intervals no longer use random draws. Still accepted, so that old links open.",
        SEED,
        {"type": "integer", "minimum": 0, "maximum": 10**links.SEED_DIGITS - 1},
    ),
    "method": Parameter(
        "Method of scoring; there is only one so far, and a later one gives different figures. An answer that rests on scores stays for good only "
        "where the address names it beside as_of and known_at.",
        str(METHOD),
        {"type": "string"},
        lambda: [str(METHOD)],
    ),
    "columns": Parameter(
        f"Columns of the answer, separated by {BETWEEN_COLUMNS}, in this order; default: all.",
        f"note{BETWEEN_COLUMNS}title",
        {"type": "string", "pattern": f"^[a-z0-9_]+({BETWEEN_COLUMNS}[a-z0-9_]+)*$"},
    ),
    "sep": Parameter(
        "Separator of the fields of CSV, alone or in a ZIP file, and refused for any other form; default: a comma, or a semicolon where the decimal sign is "
        "a comma.",
        ";",
        {"type": "string"},
        lambda: SEPARATORS,
    ),
    "decimal": Parameter(
        "Decimal sign of the numbers in CSV, alone or in a ZIP file, and refused for any other form; default: a point. It cannot be the separator as well.",
        ",",
        {"type": "string"},
        lambda: DECIMALS,
    ),
    "v": Parameter("Form of the link; there is only one.", links.VERSION, {"type": "string"}, lambda: [links.VERSION]),
}


def parameters_of(name: str) -> tuple[str, ...]:
    """Return the parameters that change an answer. The others of a link must be valid, but change nothing."""
    if name in PICTURES:
        return PICTURES[name].parameters
    if name in SUBSCRIPTIONS:
        return SUBSCRIPTIONS[name].parameters
    return (*ASSET_PARAMETERS, "weights") if name == BADGE else registry.tables()[name].parameters


def parameters_at(name: str, form: str) -> tuple[str, ...]:
    """Return the same, and those that only change how the answer is written in a form."""
    if form not in FORMS:
        return parameters_of(name)
    written = ("columns", "sep", "decimal") if form in CSV_FORMS else ("columns",)
    return (*parameters_of(name), *written)
