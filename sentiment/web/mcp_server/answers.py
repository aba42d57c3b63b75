"""What the tools answer: rows of a table, the reading of a day, and which assets there are.

Rows, citation and link come from the functions that answer by HTTP; nothing is computed here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from sentiment.errors import DataError, SelectionError
from sentiment.formatting import plain_day, shortened
from sentiment.market import asset_class, assets, history, pasted, watchlist
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.reading import reading
from sentiment.scoring.score import headline, score
from sentiment.tables import answer as answers
from sentiment.tables import registry
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.validation.verdict import assess
from sentiment.web import citation, sentences, table_forms
from sentiment.web.api.addresses import BADGE
from sentiment.web.mcp_server import arguments as asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sentiment.tables.record import Table

FIND = "find"
_IN_TIME = frozenset({"date", "published"})
"""Columns by which the rows of a table that has them are in order, the oldest first."""
_NARROWING = {"start": "start and end, or range", "find": "publisher, theme, about, find or since"}
"""How a table with a parameter is asked for fewer rows."""


def rows_of(name: str, arguments: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return rows of a table with their units, citation and frozen link.

    Of more rows than the limit, the last are given where they are in the order of time (of several assets the last days of all
    of them), and the first of any other table.

    Parameters
    ----------
    name : str
        Of a table that has rows.
    arguments : mapping
        By name, as JSON has them.
    base : str
        Address of the page, for links to it.

    Raises
    ------
    SentimentError
        If they name what is not there, or the data cannot be read.
    """
    table, most = registry.tables()[name], asked.limit(arguments)
    request = asked.read(name, arguments, asked.LIMIT)
    whole = answers.answer(name, request.selection, request.extent, request.writing.columns)
    rows = whole.rows
    by_day = not _IN_TIME.isdisjoint(rows.columns)
    some = rows.tail(most) if by_day else rows.head(most)
    if whole.is_long and by_day:  # the rows of one asset are below those of another: the last days of all of them
        some = rows.loc[rows["date"].sort_values(kind="stable").index[-most:].sort_values()]
    shown = replace(whole, rows=some)
    content: dict[str, Any] = orjson.loads(table_forms.as_json(shown, request.query, table_forms.cited(shown, base)))
    given = content.pop("rows")  # last, so that a client that cuts a long text cuts rows
    units = {column["name"]: column["unit"] for column in content.pop("columns")}
    finding = {"finding": assess(rows).sentence} if name == "evidence" else {}
    left = {"more": _more(table, rows, some, by_day=by_day)} if len(some) < len(rows) else {}
    return {**content, "units": units, **finding, "rows_found": len(rows), **left, "rows": given}


def _more(table: Table, rows: pd.DataFrame, some: pd.DataFrame, *, by_day: bool) -> str:
    """Say which rows are given, and how to get others."""
    days = f" ({plain_day(some['date'].min())} to {plain_day(some['date'].max())})" if "date" in some else ""
    narrower = [way for parameter, way in _NARROWING.items() if parameter in table.parameters]
    narrow = f"Narrow them with {', or with '.join(narrower)}; or raise" if narrower else "Raise"
    asset = f"A{BETWEEN_ASSETS}B" if table.is_of_several else "ASSET"
    export_all = f" All of them as CSV: sentiment export {asset} --what {table.name}" if "cli" in table.offered else ""
    return (
        f"These are the {'last' if by_day else 'first'} {len(some):,} of {len(rows):,} rows{days}. {narrow} {asked.LIMIT} "
        f"(at most {asked.MOST_ROWS}).{export_all}"
    )


def reading_of(arguments: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return the reading of a day in words and with every part: what `sentiment score --format json` prints, and its citation.

    Raises
    ------
    SentimentError
        As in `rows_of`.
    """
    request = asked.read(BADGE, arguments)  # the badge is the reading of a day as a picture
    selection = request.selection
    scored = score(load_inputs(selection.asset, selection.as_of, selection.known_at), dict(selection.weights))
    asset = assets.asset(selection.asset, selection.known_at)
    old = history.stale_days(selection.asset, request.as_of, selection.known_at)
    cited = citation.cite(headline(scored, asset), citation.frozen(selection, request.as_of), base)
    content = {
        "headline": headline(scored, asset, old),
        **reading(scored, selection.known_at),
        "selection": request.query,
        "citation": cited._asdict(),
        "not_advice": sentences.NOT_ADVICE,
    }
    written: dict[str, Any] = orjson.loads(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z))
    return written


def assets_here(arguments: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return the assets that have prices here: what each is, from which day to which, and whether it is on the watchlist.

    Raises
    ------
    SentimentError
        If the arguments are wrong, or the watchlist cannot be read.
    """
    del base
    chosen, most = dict(asked.given(arguments, (FIND, asked.LIMIT))), asked.limit(arguments)
    words = chosen.get(FIND, "")
    if not isinstance(words, str):
        raise SelectionError(f"{FIND} is {shortened(repr(words))}; it is a text such as gold")
    watched, names = watchlist.symbols(), assets.names()
    found = [symbol for symbol in names if words.casefold() in f"{symbol} {pasted.title(symbol)}".casefold()]
    rows = [_described(symbol, watched) for symbol in found[:most]]
    cut = f"These are the first {len(rows):,} of {len(found):,}. Name a part of symbol or name in {FIND}, or raise {asked.LIMIT}."
    return {
        "rows": rows,
        "rows_found": len(found),
        "watched_without_prices": [symbol for symbol in watched if symbol not in names],
        **({"more": cut} if len(rows) < len(found) else {}),
    }


def _described(symbol: str, watched: tuple[str, ...]) -> dict[str, Any]:
    row = {"asset": symbol, "name": pasted.title(symbol), "watched": symbol in watched}
    try:
        first, last = history.span(symbol, None)
        return {
            **row,
            "kind": asset_class.asset_class(symbol),
            "unit": assets.unit(symbol),
            "first": first.isoformat(),
            "last": last.isoformat(),
            "source": history.source(symbol, None),
            "stale": history.stale(symbol),
        }
    except DataError as error:  # one file that cannot be read hides no other asset
        return {**row, "missing": error.brief}
