"""Tables and their CSV: one function a table, one writer for page, command line and server.

RFC 4180 in UTF-8: ISO dates, floats in the shortest form that reads back exactly, an empty field where nothing is known, and
text that a spreadsheet could run as a formula preceded by an apostrophe (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment import bars as store
from sentiment import calls, market, record
from sentiment import notes as library
from sentiment.comparison import explain
from sentiment.components import registry
from sentiment.components.research_tone import tone
from sentiment.errors import SelectionError
from sentiment.frames import day
from sentiment.models import AXES, Regime
from sentiment.score import score
from sentiment.text import read
from sentiment.words import plain_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sentiment.comparison import Comparison
    from sentiment.models import Call, Claim, Inputs, Note, Outcome
    from sentiment.score import Scores
    from sentiment.studies import Paths

LEAST_COMMON = 90
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def prices(inputs: Inputs) -> pd.DataFrame:
    """Bars of the asset: date, close and the other columns known, one row a day."""
    names = ("open", "high", "low", "close", "volume", "dividends", "splits")
    bars = inputs.prices[~inputs.prices["carried"]] if "carried" in inputs.prices else inputs.prices
    return bars[[name for name in names if name in bars]].reset_index()


def scores(scored: Scores) -> pd.DataFrame:
    """Close, both axes, gap, regime and coverage: one row a day."""
    return scored.axes.reset_index()


def components(scored: Scores) -> pd.DataFrame:
    """Raw value, rank, weight and contribution of every component: one row a day and component."""
    parts = registry()
    blocks = [
        pd.DataFrame(
            {
                "component": part.name,
                "axis": part.axis,
                "raw": scored.raw[part.name],
                "rank": scored.rank[part.name],
                "weight": scored.weights[part.name],
                "contribution": scored.contribution[part.name],
            }
        )
        for part in parts
    ]
    joined = pd.concat(blocks, keys=range(len(parts)), names=["place"]).reset_index()
    return joined.sort_values(["date", "place"], kind="stable").drop(columns="place").reset_index(drop=True)


def calls_table(
    as_of: date,
    asset: str | None = None,
    known_at: datetime | None = None,
    notes: Sequence[Note] | None = None,
) -> pd.DataFrame:
    """Every call of the notes published by `as_of` with its outcome so far: one row a call; returns are fractions.

    `notes` chooses among them, None means all. ``horizon`` is the publisher's ("stated") or our own ("fixed"); ``brier`` is
    (probability - hit)^2; ``revised_status`` and ``revised_return`` are the grade by prices that a vendor changed after the
    horizon ended, empty where nothing differs.
    """
    rows = [
        _call_row(note, call, outcome)
        for note, call, outcome in graded(as_of, known_at, notes)
        if asset in {None, call.asset}
    ]
    return pd.DataFrame(rows, columns=CALL_COLUMNS)


def graded(
    as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None
) -> list[tuple[Note, Call, Outcome]]:
    """Grade every call of the notes published by `as_of`, or of those among `notes`."""
    return [
        (note, call, calls.grade(call, note, as_of, known_at)) for note in _known(as_of, notes) for call in note.calls
    ]


def _known(as_of: date, notes: Sequence[Note] | None) -> list[Note]:
    return [note for note in (library.known(as_of) if notes is None else notes) if note.day <= as_of]


def _call_row(note: Note, call: Call, outcome: Outcome) -> dict[str, object]:
    return {
        "note": note.id,
        "publisher": note.publisher,
        "published": _instant(note),
        "asset": call.asset,
        "call": call.text,
        "direction": call.direction,
        "horizon_end": outcome.last_day.isoformat(),
        "reference_date": _iso(outcome.reference_date),
        "reference": outcome.reference,
        "status": outcome.status.value,
        "forward_return": outcome.forward_return,
        "max_adverse": outcome.max_adverse,
        "max_favourable": outcome.max_favourable,
        "share_inside": outcome.share_inside,
        "base_rate": outcome.base_rate,
        "horizon": calls.horizon(call),
        "touched": _iso(outcome.touched),
        "closed_beyond": _iso(outcome.closed_beyond),
        "base_return": outcome.base_return,
        "probability": call.probability,
        "brier": calls.brier(call, outcome),
        "reason": outcome.reason,
        "revised_status": outcome.revised.status.value if outcome.revised else None,
        "revised_return": outcome.revised.forward_return if outcome.revised else None,
    }


def _instant(note: Note) -> str:
    return note.published.isoformat().replace("+00:00", "Z")


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None


def claims_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """Every claim of the notes published by `as_of` with its verdict and the rows that show it: one row a claim.

    ``measured`` is in ``unit``; ``as_of`` is the note's day, after which nothing counts.
    """
    rows = []
    for note in _known(as_of, notes):
        for claim in note.claims:
            verdict = calls.check(claim, note, known_at)
            rows.append(
                {
                    "note": note.id,
                    "publisher": note.publisher,
                    "published": _instant(note),
                    "claim": claim.text,
                    "verdict": verdict.answer.replace(" ", "_"),
                    "measured": verdict.measured,
                    "unit": _unit(claim),
                    "as_of": verdict.as_of.isoformat(),
                    "series": claim.check.series if claim.check else None,
                    "reason": verdict.reason,
                    "rows": "; ".join(f"{row.series} {row.column} {row.day} {row.value!r}" for row in verdict.rows),
                }
            )
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS)


def _unit(claim: Claim) -> str | None:
    if claim.check is None:
        return None
    return "fraction" if calls.in_fractions(claim.check) else market.unit(claim.check.series)


def publishers_table(
    as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None
) -> pd.DataFrame:
    """Give each publisher's record by `as_of`: one row a publisher, see `record.record`."""
    return record.record(_known(as_of, notes), graded(as_of, known_at, notes))


def marks(inputs: Inputs) -> pd.DataFrame:
    """List the notes about the asset as pins for a chart: day, id, how its first call stands, and the words to show."""
    as_of = inputs.prices.index[-1].date()
    rows = []
    for note in inputs.notes:
        lines = [f"<b>{note.publisher}</b>, {plain_day(note.day)}", note.title]
        outcomes = [calls.grade(call, note, as_of, inputs.known_at) for call in note.calls]
        for call, outcome in zip(note.calls, outcomes, strict=True):
            lines += [f"Call: {call.text}", f"→ {calls.describe(outcome)}"]
        wrapped = "<br>".join(part for line in lines for part in textwrap.wrap(line, 60))
        statuses = {outcome.status.value for outcome in outcomes} or {"no call"}
        status = statuses.pop() if len(statuses) == 1 else "mixed"
        rows.append({"date": day(note.day), "id": note.id, "status": status, "label": wrapped})
    return pd.DataFrame(rows, columns=["date", "id", "status", "label"])


def paths(found: Mapping[str, Paths]) -> pd.DataFrame:
    """List the paths after entries: one row a label, path and day; the quartiles stand among them under their names."""
    blocks = []
    for label, one in found.items():
        named = one.each.set_axis(pd.DatetimeIndex(one.each.columns).strftime("%Y-%m-%d"), axis=1)
        long = one.band.join(named).melt(var_name="path", value_name="return", ignore_index=False).reset_index()
        blocks.append(long.assign(label=label)[["label", "path", "day", "return"]])
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=["label", "path", "day", "return"])


def correlations(scored: Scores) -> pd.DataFrame:
    """How alike the ranks of the parts are: one row a part, one column a part, NaN under 90 common days."""
    return scored.rank.corr(min_periods=LEAST_COMMON).rename_axis("component").reset_index()


def disagreements(found: Comparison, scored: Scores) -> pd.DataFrame:
    """Days on which fear and another series were farthest apart, and what each part of fear adds to the difference."""
    names = [part.name for part in registry() if part.axis == "fear"]
    points = explain(scored.rank[names], scored.weights, found.disagreements)
    return found.disagreements.join(points).rename_axis("date").reset_index()


def notes_table(found: Sequence[Note], as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List notes, one row each; `calls` says how each of their calls stands, `tone` is the one that counts."""
    rows = [
        {
            "note": note.id,
            "published": _instant(note),
            "precision": note.precision,
            "publisher": note.publisher,
            "author": note.author,
            "title": note.title,
            "stance": note.stance,
            "conviction": note.conviction,
            "tone": tone(note),
            "assets": ", ".join(note.assets),
            "themes": ", ".join(note.themes),
            "calls": ", ".join(calls.grade(call, note, as_of, known_at).status.value for call in note.calls),
            "source": note.source,
            "source_url": note.source_url,
        }
        for note in found
    ]
    return pd.DataFrame(rows, columns=NOTE_COLUMNS)


NOTE_COLUMNS = [
    "note", "published", "precision", "publisher", "author", "title", "stance", "conviction", "tone", "assets", "themes",
    "calls", "source", "source_url",
]  # fmt: skip


def findings_table(note: Note) -> pd.DataFrame:
    """List what the rules read in the body of a note: kind, value, role, the words, where they stand, and the rule."""
    rows = [
        {
            "note": note.id,
            "kind": found.kind,
            "value": str(found.value),
            "role": found.role,
            "words": " ".join(note.body[found.start : found.end].split()),
            "start": found.start,
            "end": found.end,
            "rule": found.rule,
        }
        for found in read(note.body, note.day).findings
    ]
    return pd.DataFrame(rows, columns=["note", "kind", "value", "role", "words", "start", "end", "rule"])


def metrics_table(note: Note) -> pd.DataFrame:
    """List the figures that a note reports, as its publisher has them."""
    names = ["label", "value", "unit", "period", "second_source"]
    rows = [{"note": note.id, **{name: getattr(metric, name) for name in names}} for metric in note.metrics]
    return pd.DataFrame(rows, columns=["note", *names])


def call_paths(note: Note, as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List the closes from the reference of each call to its horizon, and the return since: one row a call and day."""
    blocks = []
    for call in note.calls:
        outcome = calls.grade(call, note, as_of, known_at)
        if outcome.reference is not None:
            closes = calls.path(call, outcome, as_of, known_at)
            block = pd.DataFrame(
                {"note": note.id, "call": call.text, "close": closes, "return": closes / outcome.reference - 1}
            )
            blocks.append(block.reset_index())
    columns = ["note", "call", "date", "close", "return"]
    return pd.concat(blocks, ignore_index=True)[columns] if blocks else pd.DataFrame(columns=columns)


CALL_COLUMNS = [
    "note", "publisher", "published", "asset", "call", "direction", "horizon_end", "reference_date", "reference", "status",
    "forward_return", "max_adverse", "max_favourable", "share_inside", "base_rate", "horizon", "touched", "closed_beyond",
    "base_return", "probability", "brier", "reason", "revised_status", "revised_return",
]  # fmt: skip
CLAIM_COLUMNS = [
    "note", "publisher", "published", "claim", "verdict", "measured", "unit", "as_of", "series", "reason", "rows",
]  # fmt: skip


def calls_and_regimes(calls_so_far: pd.DataFrame, scored: Scores) -> pd.DataFrame:
    """Set every call of the asset beside the regime of its day and what simply following that regime brought.

    Whoever follows the regime is long while fear outweighs fundamentals, short while the market is complacent, and out
    while both are in balance; both returns are those from the call's reference to its last close so far.
    """
    rows = calls_so_far[calls_so_far["asset"] == scored.asset]
    days = pd.to_datetime(rows["published"], utc=True).dt.normalize().dt.as_unit("us")
    regime = scored.axes["regime"].reindex(days).to_numpy()
    called = rows["direction"].map({"up": 1.0, "down": -1.0}).to_numpy(float)
    followed = pd.Series(regime).map(_REGIME_SIGN).to_numpy(float)
    moved = rows["forward_return"].to_numpy(float)
    kept = rows[["note", "publisher", "published", "call", "direction", "status", "forward_return", "base_rate"]]
    return kept.assign(regime=regime, call_return=called * moved, regime_return=followed * moved).reset_index(drop=True)


_REGIME_SIGN = {Regime.FEAR_OUTWEIGHS.value: 1.0, Regime.COMPLACENT.value: -1.0, Regime.IN_BALANCE.value: 0.0}


def sources(asset: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Every series behind an asset's scores: what it is, where it comes from, its range and when it was fetched."""
    series = {asset: market.asset(asset).title} | {
        one.symbol: one.title for one in market.cast(asset, known_at).values()
    }
    rows = []
    for symbol, title in series.items():
        bars = market.bars(symbol, as_of, known_at)
        is_live = market.is_live(symbol, known_at)
        # A table pinned by known_at says nothing of later fetches: it stays as it was.
        fetched = store.fetched_at(symbol) if is_live and known_at is None else None
        rows.append(
            {
                "series": symbol,
                "title": title,
                "source": "Yahoo" if is_live else "bundled",
                "licence": "for personal use, by Yahoo's terms" if is_live else "public facts, see data/README.md",
                "first": bars.index[0].date().isoformat() if len(bars) else None,
                "last": bars.index[-1].date().isoformat() if len(bars) else None,
                "rows": len(bars),
                "fetched_at": fetched.isoformat(timespec="seconds") if fetched else None,
                "stale": market.stale(symbol) if known_at is None else None,
            }
        )
    return pd.DataFrame(rows)


def revisions(asset: str, as_of: date | None = None) -> pd.DataFrame:
    """Every changed figure of an asset, and how the scores of its day moved with the whole change it came in.

    One row a figure: date, column, old, new, known_at, and fear and fundamentals of that date before and after.
    """
    changed = store.revisions(market.asset(asset).symbol)
    if as_of is not None:
        changed = changed[changed["date"] <= day(as_of)]
    effects = []
    for known_at in changed["known_at"].drop_duplicates():
        after = known_at.to_pydatetime()
        days_changed = pd.DatetimeIndex(changed.loc[changed["known_at"] == known_at, "date"].unique())
        before = score(market.inputs(asset, known_at=after - timedelta(microseconds=1))).axes.reindex(days_changed)
        then = score(market.inputs(asset, known_at=after)).axes.reindex(days_changed)
        effects.append(
            pd.DataFrame(
                {
                    "date": days_changed,
                    "known_at": known_at,
                    **{f"{axis}_before": before[axis].to_numpy() for axis in AXES},
                    **{f"{axis}_after": then[axis].to_numpy() for axis in AXES},
                }
            )
        )
    if not effects:
        return changed
    table = changed.merge(pd.concat(effects), on=["date", "known_at"], how="left", validate="many_to_one")
    return table.assign(known_at=table["known_at"].map(lambda moment: moment.isoformat()).astype("str"))


TABLES: dict[str, Callable[[Inputs, Scores], pd.DataFrame]] = {
    "scores": lambda _, scored: scores(scored),
    "prices": lambda inputs, _: prices(inputs),
    "components": lambda _, scored: components(scored),
}


def between(table: pd.DataFrame, start: date | None = None, end: date | None = None) -> pd.DataFrame:
    """Rows of `table` from `start` to `end`, both included.

    Raises
    ------
    SelectionError
        If `start` lies after `end`.
    """
    if start is not None and end is not None and start > end:
        raise SelectionError(f"the start {start} lies after the end {end}")
    keep = pd.Series(data=True, index=table.index)
    if start is not None:
        keep &= table["date"] >= day(start)
    if end is not None:
        keep &= table["date"] <= day(end)
    return table[keep].reset_index(drop=True)


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV text; the same table gives the same bytes everywhere."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(str(name)) for name in table.columns])
    writer.writerows(zip(*(_cells(table[name]) for name in table.columns), strict=True))
    return out.getvalue()


def _cells(column: pd.Series) -> list[str]:
    known = column.notna().to_numpy()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        texts = column.dt.strftime("%Y-%m-%d").tolist()
    elif pd.api.types.is_numeric_dtype(column):
        texts = [repr(value) for value in column.tolist()]
    else:
        texts = [_safe(str(value)) for value in column.tolist()]
    return [text if is_known else "" for text, is_known in zip(texts, known, strict=True)]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text
