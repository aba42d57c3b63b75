"""Reading the query of an address: the rules of links, but everything that a page would pass over is refused."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from sentiment.errors import InputError
from sentiment.formatting import plain_name, read_day, shortened
from sentiment.market import history, pasted, watchlist
from sentiment.models import Selection
from sentiment.research import library
from sentiment.tables import export, registry
from sentiment.tables.record import BETWEEN_ASSETS, DAY_PARAMETERS, EVERYTHING, SEVERAL, Extent
from sentiment.web import link_assets, link_spelling, links, table_writing
from sentiment.web.api.addresses import ADDRESSES
from sentiment.web.api.parameters import (
    DISPLAY_PARAMETERS,
    MAX_LONG,
    PARAMETERS,
    long_tables,
    parameters_at,
    parameters_of,
)
from sentiment.web.api.problems import ProblemError
from sentiment.web.picture_names import PICTURES
from sentiment.web.table_forms import FORMS, query_of
from sentiment.web.table_writing import Writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    Problems = list[tuple[str, str]]

_EDGES = frozenset({"start", "end"})
_OF_SEVERAL = frozenset({"asset", "as_of"})
"""What a table about several assets reads by rules of its own: a day need not lie in the prices of one of them."""
_MOST_CHOICES = 20
"""Choices that a problem lists of one parameter: a server may have thousands of assets."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """What is asked for: which table (the badge, a picture) in which form, for which selection, and the canonical query of its rows.

    `extent` says which of its rows. `as_of` and `notes_until` are the days up to which prices and notes count; they make requests without a day differ
    from one day to the next. `pinned` says that the query names both ``as_of`` and ``known_at``,
    the method where the answer rests on scores, and the assets of a table about several: the watchlist may change.
    `writing` is how the rows are written.
    """

    name: str
    form: str
    selection: Selection
    as_of: date
    notes_until: date
    rows: str
    pinned: bool = field(compare=False)  # of how the address is written, not of what it asks for
    extent: Extent = EVERYTHING
    writing: Writing = field(default_factory=Writing)

    @property
    def assets(self) -> tuple[str, ...] | None:
        """The assets of a table about several and of the long form, None for any other answer."""
        return self.extent.assets

    @property
    def query(self) -> str:
        """The canonical query."""
        return self.writing.asked(self.rows, self.form)

    @property
    def file_name(self) -> str:
        """Name for the answer as a file: the asset, note or call where it is about one, the table, its day, and ``known_at``."""
        is_about_it = {"weights", "log"} & {*parameters_of(self.name)} or self.name == "prices"
        depends_on_asset = self.assets is None and is_about_it
        one = self.selection.asset if depends_on_asset else self.selection.note or self.selection.call
        about = f"{one}_" if one else ""
        known_at = self.selection.known_at
        pinned = f"_known_{known_at:%Y-%m-%dT%H%M%SZ}" if known_at else ""
        return f"{plain_name(about)}{self.name.rpartition('/')[2]}_{self.as_of}{pinned}.{self.form}"


def parse_query(name: str, form: str, query: str) -> ApiRequest:
    """Read the query of an address.

    Raises
    ------
    ProblemError
        Naming every parameter that is wrong, and what there is to choose from.
    """
    spelled = links.spelled(parse_qsl(query, keep_blank_values=True), _EDGES | table_writing.NAMES)
    ignored = {*DISPLAY_PARAMETERS} - {*parameters_of(name)}
    pairs = [pair for pair in spelled if pair[0] not in ignored]
    named = [value for parameter, value in pairs if parameter == "asset"]
    is_long = name in long_tables() and len(named) == 1 and BETWEEN_ASSETS in named[0]
    is_of_several = is_long or SEVERAL in parameters_of(name)
    how, problems = table_writing.read(name, form, pairs, is_long=is_long)
    pairs = [pair for pair in pairs if pair[0] not in table_writing.NAMES]
    given = {parameter for parameter, _ in pairs}
    apart = _EDGES | (_OF_SEVERAL if is_of_several else frozenset())
    selection, link_problems = links.parse_pairs([pair for pair in pairs if pair[0] not in apart])
    edges, edge_problems = _edges(pairs, given)
    problems = [*((problem.name, problem.message) for problem in link_problems), *edge_problems, *problems]
    several: tuple[str, ...] | None = None
    if is_of_several:
        days, day_problems = _edges(pairs, given, frozenset({"as_of"}))
        selection = replace(selection, as_of=days.get("as_of"))
        several, asset_problems = _several(named, is_long=is_long)
        problems += [*day_problems, *asset_problems]
    if "range" in given and edges:
        problems.append(("range", f"The address gives a range and {' and '.join(edges)}; give the one or the other"))
    if not set(DAY_PARAMETERS) <= set(parameters_of(name)):
        problems += [(edge, f"{edge}: {name} has no rows of days, only as_of") for edge in edges]
    if problems := list(dict.fromkeys(problems)):  # two assets may lack the same
        pointless = table_writing.NAMES - {*parameters_at(name, form)}
        wrong = [parameter for parameter, _ in problems if parameter not in pointless]
        there_are = _choices(wrong)
        if "columns" in wrong:
            there_are["columns"] = table_writing.columns(name, is_long=is_long)
        raise ProblemError(
            "bad-request",
            " ".join(f"{message}." for _, message in problems),
            problems=[{"parameter": parameter, "detail": f"{message}."} for parameter, message in problems],
            there_are=there_are,
        )
    request = _request(name, form, selection, given, edges, several)
    return replace(request, writing=how)


def _several(values: list[str], *, is_long: bool) -> tuple[tuple[str, ...] | None, Problems]:
    """Read the assets of a table about several: saved here, or on the watchlist, which is meant where none is named.

    For the long form of a table about one, they are saved here, and at most `MAX_LONG`.
    """
    watched = () if is_long else watchlist.symbols()
    if not values:
        return watched, []
    if len(values) > 1:
        return None, [("asset", f"The address gives asset {len(values)} times; write {BETWEEN_ASSETS} between them")]
    names = values[0].split(BETWEEN_ASSETS)
    if is_long and len(names) > MAX_LONG:
        return None, [("asset", f"The address names {len(names)} assets; at most {MAX_LONG} go into one answer")]
    found, problems = [], []
    for written in names:
        listed = pasted.meant(written.strip()).symbol
        if symbol := link_assets.meant(written) or (listed if listed in watched else None):
            found.append(symbol)
        elif written.strip():
            where = "" if is_long else ", and it is not on the watchlist"
            problems.append(("asset", f"No prices of {shortened(written)} are saved here{where}"))
        else:
            problems.append(("asset", f"The address leaves an asset out; they are written BTC-USD{BETWEEN_ASSETS}SPY"))
    return tuple(dict.fromkeys(found)), problems


def _edges(
    pairs: list[tuple[str, str]], given: set[str], names: frozenset[str] = _EDGES
) -> tuple[dict[str, date], Problems]:
    """Read ``start`` and ``end``, which no link of a page has, or other days that do not depend on one asset."""
    edges: dict[str, date] = {}
    problems: Problems = []
    for edge in sorted(given & names, reverse=True):
        values = [value for parameter, value in pairs if parameter == edge]
        try:
            edges[edge] = read_day(link_spelling.day(values[0]))
        except InputError as error:
            problems.append((edge, f"{edge}: {error}"))
        if len(values) > 1:
            problems.append((edge, f"The address gives {edge} {len(values)} times"))
    return edges, problems


def _request(  # noqa: PLR0913, PLR0917 - what the address asks for
    name: str,
    form: str,
    selection: Selection,
    given: set[str],
    edges: dict[str, date],
    several: tuple[str, ...] | None,
) -> ApiRequest:
    default, parameters = Selection(), parameters_of(name)
    unused: dict[str, Any] = {
        field.name: getattr(default, field.name) for field in fields(Selection) if field.name not in parameters
    }
    chosen = replace(selection, **unused)
    # A link leaves out defaults, but here a range or horizon that is not given means all rows.
    shown = [field for field in ("range", "horizon") if field in given and field in parameters]
    extra: dict[str, Any] = {field: getattr(chosen, field) for field in shown}
    if several is None:
        as_of = history.resolve_day(chosen.asset, chosen.as_of, chosen.known_at)
    else:
        # A picture, a feed and a calendar have no rows to be asked for.
        requests = export.requests(name, chosen, Extent(assets=several)) if name in registry.tables() else ()
        as_of = max((one.as_of for one in requests), default=None) or export.last_day(chosen)
        if "asset" in given:
            extra = {"asset": BETWEEN_ASSETS.join(several), **extra}
    return ApiRequest(
        name,
        form,
        chosen,
        as_of,
        library.today(chosen.as_of, chosen.known_at),
        query_of(parameters, chosen, extra | edges),
        pinned=chosen.as_of is not None
        and chosen.known_at is not None
        and ("method" in given or "weights" not in parameters)
        and (several is None or "asset" in given),
        extent=Extent(
            _start(chosen, several, as_of) if "range" in extra else edges.get("start"),
            edges.get("end"),
            chosen.horizon if "horizon" in extra else None,
            several,
        ),
    )


def _start(selection: Selection, several: tuple[str, ...] | None, last: date) -> date:
    return min(links.start_of(replace(selection, asset=asset), last) for asset in several or (selection.asset,))


def _choices(wrong: Iterable[str]) -> dict[str, list[str]]:
    choices: dict[str, list[str]] = {}
    for name in wrong:
        parameter = PARAMETERS.get(name)
        if parameter is None:
            choices["parameters"] = [*PARAMETERS, *DISPLAY_PARAMETERS]
        elif parameter.choices is not None:
            choices[name] = list(parameter.choices())[:_MOST_CHOICES]
    return choices


def decode_query(query: bytes) -> str:
    """Return a query as text.

    Raises
    ------
    ProblemError
        If it is too long, or its bytes or percent escapes are not UTF-8.
    """
    try:
        text = query.decode()
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ProblemError(
            "bad-request", "The query holds bytes that are not UTF-8 text; é is written %C3%A9."
        ) from None
    if len(text) > links.MAX_QUERY:
        raise ProblemError(
            "too-long",
            f"The query has {len(text):,} characters; at most {links.MAX_QUERY:,} are read.",
            maximum=links.MAX_QUERY,
        )
    return text


def no_address(path: str, documents: Iterable[str]) -> ProblemError:
    """Return the problem that nothing has this address; it lists the addresses that there are."""
    return ProblemError(
        "unknown-address",
        f"Nothing is at {shortened(path)}; /api/v1/ lists what there is, all of it in small letters.",
        there_are={
            "tables": list(registry.offered("api")),
            "pictures": list(PICTURES),
            "forms": FORMS,
            "addresses": [*ADDRESSES, *documents],
        },
    )
