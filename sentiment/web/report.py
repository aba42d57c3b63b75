"""The report: one screen of the dashboard as a single HTML file that needs no server and no network.

Everything in it is known at one instant: a selection without `as_of` or `known_at` is pinned first, and the file holds what
its pinned link shows. The same pinned selection gives the same bytes but for the time of making.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import pandas as pd

from sentiment import files
from sentiment.charts import evidence_charts, offline, score_charts
from sentiment.errors import SelectionError
from sentiment.formatting import UNKNOWN, number, plain_day
from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.models import AXES, Axis, Selection
from sentiment.scoring import weights
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.measures import MIN_OBSERVATIONS, WINDOW
from sentiment.scoring.score import GAP_LIMIT, LEAST_COVERAGE, headline, score
from sentiment.tables import note_tables
from sentiment.tables.records.components import components_table
from sentiment.tables.records.publishers import publishers_table
from sentiment.tables.records.sources import sources_table
from sentiment.validation import track_record, verdict
from sentiment.validation.signals import judge
from sentiment.web import hypertext, links, report_notes
from sentiment.web.hypertext import items, paragraph, section, strong, table, text

if TYPE_CHECKING:
    from datetime import date

    from sentiment.charts.offline import Figure
    from sentiment.models import Component, Inputs
    from sentiment.scoring.score import Scores
    from sentiment.validation.signals import Judgement

_AGO = (0, 7, 30, 90, 365)
_NOT_ADVICE = "A description of the market, not advice: that such readings foretell returns has not been demonstrated."
_LIMITS = (
    "The scores describe. Whether such readings were worth anything is told above, with its intervals.",
    "The parts and weights are our choice. They were not fitted to returns, and other choices give other scores.",
    "Parts of one axis resemble each other, so that an axis rests on fewer separate facts than it has parts.",
    "Ranks compare with the last two years only: a long calm makes small troubles look large.",
    "Tone, stance and conviction of the notes are readings of ours, by rules or by hand, and open to correction.",
    "Prices come from their vendors without promise; what a vendor changes after this report was made is not in it.",
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a report rests on, all of it known at one instant."""

    selection: Selection
    inputs: Inputs
    scored: Scores
    judged: Judgement
    as_of: date
    made: datetime

    @property
    def title(self) -> str:
        about = assets.asset(self.selection.asset)
        named = about.symbol if about.title == about.symbol else f"{about.title} ({about.symbol})"
        return f"{named} on {plain_day(self.as_of)}"


def html(selection: Selection, base: str, made: datetime | None = None) -> str:
    """Return the report of a selection as one HTML file.

    Parameters
    ----------
    selection : Selection
        Asset, day, instant, range, scale, weights and seed count; the view and what was chosen on it do not.
    base : str
        Address of the dashboard, for the link.
    made : datetime, optional
        When it is made, which is also the instant whose prices and notes it shows unless the selection names one.

    Raises
    ------
    SelectionError, UnknownAssetError
        If the selection shows nothing, or its range or `base` is none.
    """
    if not base.startswith(("http://", "https://")):
        raise SelectionError(f"the base {base!r} is not an address such as http://localhost:8501/")
    if selection.range not in links.RANGES:
        raise SelectionError(f"no range {selection.range!r}; there are: {', '.join(links.RANGES)}")
    # Not cut to the second: what was saved within this one is known too.
    moment = (made or datetime.now(UTC)).astimezone(UTC)
    shown = _pinned(selection, moment)
    blocks = [
        _opening(shown),
        _timeline(shown),
        _standing(shown),
        _parts(shown),
        _research(shown),
        _evidence(shown),
        _sources(shown),
        _method(shown),
        _closing(shown, base),
    ]
    packed = offline.library()
    body = "\n".join(
        [
            "<main>",
            *blocks,
            "</main>",
            hypertext.data("config", offline.escaped(orjson.dumps(offline.config()).decode()), _JSON),
            hypertext.data("plotly", packed.packed, "text/plain"),
        ]
    )
    style = f"{files.NOTE_STYLE.read_text('utf-8')}{files.REPORT_STYLE.read_text('utf-8')}"
    script = files.REPORT_SCRIPT.read_text("utf-8")
    title = f"{shown.title}: fear and fundamentals"
    return hypertext.page(title, body, style=style, script=script, others=[packed.source])


_JSON = "application/json"


def _pinned(selection: Selection, moment: datetime) -> _Shown:
    """Read everything as it is known at one instant; a view's own choices are left out."""
    known_at = selection.known_at or moment
    as_of = history.resolve_day(selection.asset, selection.as_of, known_at)
    chosen = Selection(
        asset=selection.asset,
        range=selection.range,
        as_of=as_of,
        known_at=known_at,
        log=selection.log,
        seed=selection.seed,
        weights=selection.weights,
    )
    inputs = load_inputs(chosen.asset, as_of, known_at)
    scored = score(inputs, dict(chosen.weights))
    return _Shown(chosen, inputs, scored, judge(inputs, scored, chosen.series, chosen.seed), as_of, moment)


def _figure(name: str, figure: Figure, said: str) -> str:
    """Return a chart under its sentence, with the figures that our script draws it from."""
    return (
        f"<figure><figcaption>{text(said)}</figcaption>"
        f'<div class="plot" role="img" aria-label="{text(said)}" data-figure="figure-{name}"></div>'
        f"{hypertext.data(f'figure-{name}', offline.as_json(figure), _JSON)}</figure>"
    )


def _opening(shown: _Shown) -> str:
    last = shown.scored.axes.iloc[-1]
    worth = verdict.brief(shown.judged.table, str(last["regime"]), shown.selection.horizon)
    symbol = text(shown.selection.asset)
    title = text(shown.title).replace(symbol, f'<span class="symbol">{symbol}</span>')
    own = paragraph(text(f"With weights of their own: {_weights(shown)}."), "small") if shown.selection.weights else ""
    return (
        f'<header>\n<p class="kicker">Fear and fundamentals</p>\n<h1>{title}</h1>\n'
        f'<p class="headline">{text(headline(shown.scored))}</p>\n<p class="worth">{strong(worth)}</p>\n'
        f'<div class="cards">{_cards(shown)}</div>\n{own}{_missing(shown)}'
        f'<p class="small">{text(_known(shown))}</p>\n'
        '<noscript><p class="notice">The charts need JavaScript; their captions and the tables have the figures.</p></noscript>\n'
        '<p class="notice" id="notice" role="status" hidden></p>\n</header>'
    )


def _known(shown: _Shown) -> str:
    known_at = shown.selection.known_at or shown.made
    return (
        f"As it was known at the end of {plain_day(shown.as_of)} (UTC), with prices and notes as they were saved by "
        f"{plain_day(known_at)}, {known_at:%H:%M:%S} UTC; nothing later is shown."
    )


def _cards(shown: _Shown) -> str:
    last = shown.scored.axes.iloc[-1]
    regime = str(last["regime"]).capitalize() if pd.notna(last["regime"]) else UNKNOWN
    told: list[tuple[str, str, str, str]] = [
        (axis.capitalize(), f"{number(last[axis])}<small> / 100</small>", f"on {last[f'{axis}_coverage']:.0%} of its weight", axis)
        for axis in AXES
    ]  # fmt: skip
    told += [
        ("Gap", number(last["gap"], "+.0f"), "fear + fundamentals − 100", "gap"),
        ("Regime", f'<span class="word">{text(regime)}</span>', _since(shown.scored.axes["regime"]), "regime"),
    ]
    return "".join(
        f'<div class="card {kind}"><p class="name">{name}</p><p class="value">{value}</p><p class="small">{text(note)}</p></div>'
        for name, value, note, kind in told
    )


def _since(regime: pd.Series) -> str:
    """Say since when the regime of the last day has lasted."""
    if pd.isna(regime.iloc[-1]):
        return "too little is known to name one"
    other = regime[regime.ne(regime.iloc[-1])]
    first = regime.loc[other.index[-1] :].index[1] if len(other) else regime.index[0]
    return f"since {plain_day(first)}"


def _missing(shown: _Shown) -> str:
    """Say which parts are missing; a full axis says nothing."""
    rank = shown.scored.rank.iloc[-1]
    gone = [
        (axis, ", ".join(part.title.lower() for part in _parts_of(axis) if pd.isna(rank[part.name]))) for axis in AXES
    ]
    said = [f"{axis.capitalize()} has no data for {names}." for axis, names in gone if names]
    return paragraph(text(" ".join(said)), "small")


def _parts_of(axis: Axis) -> list[Component]:
    return [part for part in registry() if part.axis == axis]


def _timeline(shown: _Shown) -> str:
    chosen = shown.selection
    axes = shown.scored.axes.loc[day(links.start_of(chosen, shown.as_of)) :]
    marks = note_tables.marks(shown.inputs.notes, shown.as_of, chosen.known_at)
    marks = marks[marks["date"] >= axes.index[0]]
    drawn = score_charts.timeline(axes, marks, assets.asset(chosen.asset).unit, log=chosen.log)
    return section(
        "timeline",
        "How did price, fear and fundamentals move?",
        _figure("timeline", drawn, score_charts.timeline_text(axes, marks)),
    )


def _standing(shown: _Shown) -> str:
    """Return the quadrant beside the latest figures."""
    axes, unit = shown.scored.axes, assets.asset(shown.selection.asset).unit
    rows = []
    for days in _AGO:
        moment = axes.index[-1] - timedelta(days=days)
        if moment < axes.index[0]:
            break
        row = axes.loc[moment]
        rows.append(
            {
                "Day": text(plain_day(moment)),
                f"Close, {unit}": number(row["close"], ",.6g"),
                "Fear": number(row["fear"]),
                "Fundamentals": number(row["fundamentals"]),
                "Gap": number(row["gap"], "+.0f"),
                "Regime": text(row["regime"] if pd.notna(row["regime"]) else UNKNOWN),
            }
        )
    how = (
        f"The gap is fear + fundamentals − 100. At +{GAP_LIMIT:g} and above fear outweighs fundamentals: the upper right of "
        f"the quadrant. At −{GAP_LIMIT:g} and below the market is complacent: the lower left. Between them it is in balance."
    )
    latest = table("The latest figures, and those of 7, 30, 90 and 365 days before", rows, words=("Regime",))
    said = score_charts.quadrant_text(axes)
    drawn = (
        paragraph(text(said))
        if score_charts.trail(axes).empty
        else _figure("quadrant", score_charts.quadrant(axes), said)
    )
    aside = f'<div class="aside">{paragraph(text(how))}{latest}</div>'
    return section("quadrant", "Where does the market stand?", f'<div class="two aside-right">{drawn}{aside}</div>')


def _parts(shown: _Shown) -> str:
    last = components_table(shown.scored, shown.as_of)
    drawn = []
    tables = []
    for axis in AXES:
        rows = last[last["axis"] == axis]
        drawn.append(
            _figure(
                f"parts-{axis}",
                score_charts.contributions(rows, axis, brief=True),
                score_charts.contributions_text(rows, axis),
            )
        )
        tables.append(_parts_table(shown, axis))
    return section("parts", "Which parts make these scores?", f'<div class="two">{"".join(drawn)}{"".join(tables)}</div>', _meanings())  # fmt: skip


def _meanings() -> str:
    told = "".join(f"<dt>{text(part.title)}</dt><dd>{text(part.meaning)}</dd>" for part in registry())
    return f"<details><summary>What each part measures</summary><dl>{told}</dl></details>"


def _parts_table(shown: _Shown, axis: Axis) -> str:
    scored = shown.scored
    rows = []
    for part in _parts_of(axis):
        raw, rank = scored.raw[part.name].iloc[-1], scored.rank[part.name].iloc[-1]
        rows.append(
            {
                "Part": text(part.title),
                "Raw value": text(part.show(raw)) if pd.notna(raw) else "no data",
                "Rank": f"{number(rank, '.1f')}{'' if part.ranked or pd.isna(rank) else '*'}",
                "Weight": f"{scored.weights[part.name]:g}",
                "Points": number(scored.contribution[part.name].iloc[-1], ".1f"),
            }
        )
    total = number(scored.axes[axis].iloc[-1], ".1f")
    scaled = "; * not ranked but scaled" if any(not part.ranked for part in _parts_of(axis)) else ""
    return table(f"{axis.capitalize()}: {total} points from its parts{scaled}", rows)


def _research(shown: _Shown) -> str:
    chosen, found = shown.selection, shown.inputs.notes
    if not found:
        none = f"No note about {chosen.asset} was published by {plain_day(shown.as_of)}."
        return section("research", "What did research say, and what became of it?", paragraph(text(none)))
    records = publishers_table(shown.as_of, chosen.known_at, found)
    # A lone publisher of whom nothing is graded yet is all in the sentence.
    settled = records[records["calls"] > 0]
    several = len(settled) > 1 or (settled["hits"] + settled["misses"]).sum() > 0
    lines = [track_record.line(row) for _, row in settled.iterrows()] if several else []
    return section(
        "research",
        "What did research say, and what became of it?",
        paragraph(text(track_record.sentence(records))),
        items(text(said) for said in lines) if lines else "",
        paragraph(text(_BASE_RATE), "small"),
        *(report_notes.entry(note, shown.as_of, chosen.known_at) for note in reversed(found)),
    )


_BASE_RATE = (
    "The base rate of a call is the share of equally long stretches before it that came out as it says; a hit rate means "
    "little without it. Grades follow fixed rules and stand once a horizon has ended. The latest note comes first."
)


def _evidence(shown: _Shown) -> str:
    judged = shown.judged
    title = "Were such readings worth anything?"
    if judged.table.empty:
        return section("evidence", title, paragraph(text(judged.finding.sentence)))
    rows = [
        {
            "Reading": text(row["label"]),
            "Days ahead": f"{row['horizon']}",
            "Days": f"{row['days']:,}",
            "Episodes": f"{row['episodes']}",
            "Mean": number(row["mean"], "+.1%"),
            "Median": number(row["median"], "+.1%"),
            "Hit rate": number(row["hit_rate"], ".0%"),
            "Base rate": number(row["base_rate"], ".0%"),
            "Excess": number(row["excess"], "+.1%"),
            "95 % interval": _ends(row["lower"], row["upper"]),
            "Allowing for all cells": _ends(row["joint_lower"], row["joint_upper"]),
        }
        for row in judged.table.to_dict("records")
    ]
    drawn = _figure(
        "evidence", evidence_charts.excess(judged.table, "horizon"), evidence_charts.excess_text(judged.table)
    )
    return section(
        "evidence",
        title,
        paragraph(f"<strong>{text(judged.finding.sentence)}</strong>"),
        drawn,
        table("Forward returns after each regime, against all days", rows),
        paragraph(text(f"{_EPISODES} The rule of the verdict: {verdict.RULE}"), "small"),
    )


_EPISODES = (
    "Only returns that were complete on the day of the report count. Days overlap and are not independent: episodes are "
    "what counts. Excess is the mean less the mean of all days."
)


def _ends(lower: float, upper: float) -> str:
    return f"{number(lower, '+.1%')} to {number(upper, '+.1%')}"


def _sources(shown: _Shown) -> str:
    chosen = shown.selection
    rows = [
        {
            "Series": text(row["title"]),
            "Symbol": text(row["series"]),
            "Source": text(row["source"]),
            "First bar": text(row["first"] if isinstance(row["first"], str) else UNKNOWN),
            "Last bar": text(row["last"] if isinstance(row["last"], str) else UNKNOWN),
            "Licence": text(row["licence"]),
        }
        for row in sources_table(chosen.asset, shown.as_of, chosen.known_at).to_dict("records")
    ]
    note = "A series counts for at most 7 days after its last bar; then its part is missing, and the report says so."
    found = table("Every series behind the scores", rows, words=rows[0])
    return section("sources", "Where do the figures come from?", found, paragraph(text(note), "small"))


def _method(shown: _Shown) -> str:
    rules = (
        f"Each part is a daily series in which higher means more fear, or stronger fundamentals. It is ranked among its own "
        f"last {WINDOW} days, today included, of which {MIN_OBSERVATIONS} must be known: 100 times the average rank over the days known. An "
        "axis is the weighted mean of the parts known that day; a missing part leaves the mean and lowers the coverage, and "
        "nothing is filled in. The gap is fear + fundamentals − 100. No regime is named while either axis rests on less than "
        f"{LEAST_COVERAGE:.0%} of its weight. Nothing that comes later changes a past reading."
    )
    chosen = f"The weights are {'chosen: ' + _weights(shown) if shown.selection.weights else 'the standard ones'}."
    return section(
        "method",
        "How was it made, and what are its limits?",
        paragraph(text(rules)),
        paragraph(text(f"{chosen} They stand beside each part above.")),
        items(text(limit) for limit in _LIMITS),
        paragraph(f"<strong>{text(_NOT_ADVICE)}</strong>"),
    )


def _weights(shown: _Shown) -> str:
    return weights.write(shown.selection.weights).replace(":", " ").replace(",", ", ").replace("_", " ")


def _closing(shown: _Shown, base: str) -> str:
    pinned = links.address(base, replace(shown.selection, view=Selection().view))
    return (
        f'<footer><p>This screen on the dashboard, as known then: <span class="address">{hypertext.link(pinned, pinned)}</span></p>\n'
        f'<p class="small">Made on <time datetime="{shown.made:%Y-%m-%dT%H:%M:%SZ}">{shown.made:%Y-%m-%d %H:%M:%S} UTC</time>. '
        "This file asks no network for anything; it can be kept, sent and printed.</p></footer>"
    )
