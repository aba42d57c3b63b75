"""A site without a server: the watchlist as plain files, for GitHub Pages or any web server.

In: assets, an instant and a folder. Out: pages with live charts, CSV, JSON, feeds and a calendar that follow the latest day, and a frozen
folder a day. `record` keeps what is frozen and finds what was changed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pandas as pd

from sentiment import files, settings
from sentiment.charts.dumbbell import Reading, dumbbell
from sentiment.errors import SelectionError
from sentiment.formatting import plain_day, plain_name
from sentiment.market import assets, terms
from sentiment.models import AXES, METHOD, Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import headline, score
from sentiment.tables import export, withholding
from sentiment.tables.record import Extent
from sentiment.web import feeds, happenings, report, sentences
from sentiment.web.report.page import render
from sentiment.web.site import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

__all__ = ["publish", "record"]

_TABLES = ("scores", "prices")
_FOLDER = Path(__file__).parent


class Published(NamedTuple):
    """What was written: the day, whether its folder is new, how many assets, and the digest of the manifest of it all."""

    day: str
    is_new_day: bool
    assets: int
    digest: str


class _Scored(NamedTuple):
    title: str
    inputs: Inputs
    scored: Scores
    headline: str


def publish(folder: Path, address: str, symbols: Sequence[str], known_at: datetime) -> Published:
    """Write the site of some assets, as known at an instant.

    Figures that their source does not let be passed on are left out, unless `settings.share` lets everyone have them.

    The same arguments give the same bytes. A frozen day that is there stays as it is.

    Parameters
    ----------
    folder : Path
        Where to write; made if it is not there.
    address : str
        Where others will read the site, such as https://example.org/markets/.
    symbols : sequence of str
        Assets, in the order of the first page.
    known_at : datetime
        The instant to which prices and notes are pinned; its day in UTC is the one that is frozen.

    Raises
    ------
    PublishedError
        If a frozen day was changed, or a later one is there.
    SelectionError, UnknownAssetError
        If the address is none, or an asset has no prices.
    """
    if not address.startswith(("http://", "https://")):
        raise SelectionError(f"{address!r} is not an address such as https://example.org/markets/")
    if not symbols:
        raise SelectionError("there is no asset to publish; name one or more")
    address = f"{address.rstrip('/')}/"
    known = {symbol: _load(symbol, known_at) for symbol in symbols}
    day = f"{known_at:%Y-%m-%d}"
    readings = _readings(known)
    is_new = record.freeze(folder, day, _frozen(known, readings, address, known_at))
    pages = _pages(known, readings, address, known_at)
    days = record.frozen_days(folder)
    pages["index.html"] = _page("index.html.j2", known, readings, address, known_at, days=list(reversed(days)))
    return Published(day, is_new, len(known), record.list_pages(folder, pages))


def _load(symbol: str, known_at: datetime) -> _Scored:
    inputs = load_inputs(symbol, None, known_at)
    scored = score(inputs)
    if not _everything() and terms.reserved([symbol], known_at):
        scored = replace(scored, axes=scored.axes.assign(close=float("nan")))
    asset = assets.asset(symbol, known_at)
    return _Scored(asset.title, inputs, scored, headline(scored, asset))


def _everything() -> bool:
    return settings.share() is settings.Share.EVERYONE


def _may_leave(name: str, selection: Selection) -> bool:
    """Return whether anything of a table may be passed on."""
    return _everything() or not withholding.forbidden(name, selection)


def _table(name: str, selection: Selection, first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """Return the rows of a table as far as they may be passed on."""
    extent = Extent(first, last)
    rows = export.table(name, selection, extent)
    return rows if _everything() else withholding.of_table(name, selection, rows, extent).rest(rows)


def _readings(known: dict[str, _Scored]) -> pd.DataFrame:
    """Return the last reading of each asset, one row an asset."""
    rows = []
    for symbol, one in known.items():
        last = one.scored.axes.iloc[-1]
        shares = {f"{axis}_coverage": last[f"{axis}_coverage"] for axis in AXES}
        figures = {name: last[name] for name in ("fear", "fundamentals", "justified", "gap")}
        day = one.scored.axes.index[-1].strftime("%Y-%m-%d")
        regime = last["regime"] if isinstance(last["regime"], str) else None
        rows.append(
            {"asset": symbol, "title": one.title, "as_of": day, **figures, "regime": regime, **shares, "method": METHOD}
        )
    return pd.DataFrame(rows)


def _frozen(known: dict[str, _Scored], readings: pd.DataFrame, address: str, known_at: datetime) -> dict[str, bytes]:
    """Return the files of a day that never change: every reading with its parts, and a page of them."""
    parts = {symbol: _table("components", _pinned(symbol, known_at), day, day) for symbol, day in _last_days(known)}
    labelled = [rows.assign(asset=symbol) for symbol, rows in parts.items()]
    return {
        "index.html": _page("day.html.j2", known, readings, address, known_at),
        "readings.csv": export.to_csv(readings).encode(),
        "readings.json": _json({"known_at": known_at.isoformat(), "readings": readings.to_dict("records")}),
        "components.csv": export.to_csv(pd.concat(labelled, ignore_index=True)).encode(),
    }


def _last_days(known: dict[str, _Scored]) -> list[tuple[str, Any]]:
    return [(symbol, one.scored.axes.index[-1].date()) for symbol, one in known.items()]


def _pinned(symbol: str, known_at: datetime) -> Selection:
    return Selection(asset=symbol, known_at=known_at)


def _pages(known: dict[str, _Scored], readings: pd.DataFrame, address: str, known_at: datetime) -> dict[str, bytes]:
    """Return the files that follow the latest day."""
    calls = _table("calls", _pinned(next(iter(known)), known_at))
    today = known_at.date()
    pages: dict[str, bytes] = {
        "readings.csv": export.to_csv(readings).encode(),
        "readings.json": _json({"known_at": known_at.isoformat(), "readings": readings.to_dict("records")}),
        "calls.csv": export.to_csv(calls).encode(),
        "calls.ics": feeds.calendar(calls, today),
    }
    everything, first = [], happenings.first_told(known_at)
    for symbol, one in known.items():
        place = plain_name(symbol)
        selection = _pinned(symbol, known_at)
        happened = happenings.of_asset(one.scored, one.inputs, calls, today, first)
        everything += happened
        pages[f"{place}/index.html"] = report.html(
            selection, f"{address}{place}/", known_at, everything=_everything()
        ).encode()
        pages[f"{place}/feed.xml"] = feeds.atom(
            f"{one.title}: fear and fundamentals", f"{address}{place}/", f"{address}{place}/feed.xml", happened
        )
        for name in _TABLES:
            if _may_leave(name, selection):
                pages[f"{place}/{name}.csv"] = export.to_csv(_table(name, selection)).encode()
    pages["feed.xml"] = feeds.atom(
        "Fear and fundamentals", address, f"{address}feed.xml", happenings.newest_first(everything)
    )
    return pages


def _page(
    template: str, known: dict[str, _Scored], readings: pd.DataFrame, address: str, known_at: datetime, **more: object
) -> bytes:
    rows = [
        {
            "place": plain_name(row["asset"]),
            "tables": [name for name in _TABLES if _may_leave(name, _pinned(row["asset"], known_at))],
            "headline": known[row["asset"]].headline,
            "dumbbell": dumbbell(_reading(row), ()),
            "regime": f"{row['regime'].capitalize()} {sentences.regime_since(known[row['asset']].scored.axes['regime'])}."
            if isinstance(row["regime"], str)
            else "No regime is named.",
            "coverage": " and ".join(f"{row[f'{axis}_coverage']:.0%} of the weight of {axis}" for axis in AXES)
            + " is known",
        }
        for row in readings.to_dict("records")
    ]
    page = render(
        template,
        _FOLDER,
        rows=rows,
        day=plain_day(known_at),
        known_at=f"{known_at:%Y-%m-%d %H:%M:%S} UTC",
        address=address,
        style=files.PAGE_STYLE.read_text("utf-8") + (_FOLDER / "site.css").read_text("utf-8"),
        method=METHOD,
        not_advice=sentences.NOT_ADVICE,
        **more,
    )
    return page.encode()


def _reading(row: Mapping[Any, Any]) -> Reading:
    return Reading("", row["fear"], row["justified"] if isinstance(row["regime"], str) else float("nan"))


def _json(content: dict[str, object]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)
