"""The chart of a comparison: rebased prices, fear and gap of two to five assets, in three panels on one time axis."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.colours import ASSETS, NEUTRAL
from sentiment.charts.figures import apply_layout, daily_points, day_ticks, signed
from sentiment.formatting import chart_text, number, plain_day

if TYPE_CHECKING:
    from collections.abc import Mapping

HEIGHT = 700
PANELS = {"rebased": (0.52, 1.0), "fear": (0.27, 0.48), "gap": (0.0, 0.23)}
"""The column of each panel, and its share of the height from the bottom."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
MARKS = ("circle", "square", "diamond", "triangle-up", "x")
SIGNS = "●■◆▲✖"
"""The marks as letters, for the labels."""
LABEL_PIXELS, LETTER_PIXELS, MARK_PIXELS = 15, 7, 18
_AXIS = {"rebased": "y", "fear": "y2", "gap": "y3"}
_FORM = {"rebased": ".0f", "fear": ".0f", "gap": "+.0f"}
_READOUT = ("close", "rebased", "fear", "justified", "gap")
_SAY = {
    "rebased": "%{{customdata[{}]:.1f}} from 100",
    "close": "close %{{customdata[{}]:,.6~r}} {unit}",
    "fear": "fear %{{customdata[{}]:.0f}}",
    "justified": "fundamentals justify %{{customdata[{}]:.0f}}",
    "gap": "gap %{{customdata[{}]:+.0f}}",
}
_LINES = (("rebased", "close"), ("fear", "justified"), ("gap",))


def by_asset(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each asset by day, in the order of the assets on the first day of any."""
    return {str(asset): block.set_index("date") for asset, block in rows.groupby("asset", sort=False)}


def compare(rows: pd.DataFrame, symbols: tuple[str, ...], units: Mapping[str, str], *, log: bool) -> go.Figure:
    """Draw rebased prices above fear and gap, a line an asset.

    Each asset has a colour, a dash and a mark at the end of its lines, where its last figure stands; the legend names them.

    Parameters
    ----------
    rows : pandas.DataFrame
        The rows of the table ``compare`` to show.
    symbols : tuple of str
        The assets, at most five; their place decides colour, dash and mark.
    units : mapping of str to str
        Unit of each asset's close.
    log : bool
        Whether the rebased prices are on a logarithmic scale.
    """
    figure = go.Figure()
    blocks = by_asset(rows)
    least = rows["rebased"].min()
    log = bool(log and least > 0)
    for panel in PANELS:
        for place, symbol in enumerate(symbols):
            if symbol in blocks:
                figure.add_trace(_line(blocks[symbol], panel, place, symbol, units[symbol]))
    first, last = rows["date"].min().tz_localize(None), rows["date"].max().tz_localize(None)
    single = pd.Timedelta(1 if first == last else 0, "D")
    edges = _edges(rows["rebased"], log=log)
    figure.update_layout(
        # One time axis for all panels, so that one crosshair goes through them; any panel's readout says all of the day.
        xaxis={
            "range": [first - single, last + single],
            **day_ticks(first, last),
            "hoverformat": "%-d %b %Y",
            "anchor": "y3",
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikecolor": NEUTRAL,
        },
        yaxis={
            "domain": PANELS["rebased"],
            "type": "log" if log else "linear",
            "title": {"text": "price, first common day = 100"},
            "range": edges,
            "tickformat": ",~r",
            "nticks": 6,
        },
        yaxis2={
            "domain": PANELS["fear"],
            "anchor": "x",
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "title": {"text": "fear, 0 calm – 100 extreme"},
        },
        yaxis3={
            "domain": PANELS["gap"],
            "anchor": "x",
            "range": [-100, 100],
            "tickvals": [-100, -50, 0, 50, 100],
            "title": {"text": "gap, fear less justified fear, in points"},
        },
    )
    widest = max(_label_ends(figure, blocks, symbols, panel) for panel in PANELS)
    apply_layout(figure, HEIGHT).update_layout(margin={"r": MARK_PIXELS + LETTER_PIXELS * widest})
    return figure.update_yaxes(zeroline=True, zerolinecolor=NEUTRAL, zerolinewidth=1, selector={"range": (-100, 100)})


def _line(block: pd.DataFrame, panel: str, place: int, symbol: str, unit: str) -> go.Scatter:
    known = [name for name in _READOUT if block[name].notna().any()]
    said = [
        ", ".join(_SAY[name].format(known.index(name), unit=chart_text(unit)) for name in line if name in known)
        for line in _LINES
    ]
    readout = "<br>".join(filter(None, said))
    return go.Scatter(
        **daily_points(block[panel]),
        name=f"{symbol} {panel}",
        legendgroup=symbol,
        showlegend=False,
        mode="lines",
        line={"color": ASSETS[place], "width": 2, "dash": DASHES[place]},
        customdata=block[known].to_numpy("float32"),
        hovertemplate=f"<b>{chart_text(symbol)}</b>, %{{x|%-d %b %Y}}<br>{readout}<extra></extra>",
        yaxis=_AXIS[panel],
    )


def _edges(rebased: pd.Series, *, log: bool) -> tuple[float, float]:
    """Return the ends of the axis of rebased prices, in logarithms where it is logarithmic; any where nothing is known."""
    if rebased.isna().all():
        return 90.0, 110.0
    low, high = float(rebased.min()), float(rebased.max())
    low, high = (log10(low), log10(high)) if log else (low, high)
    room = (high - low) * 0.05 or (0.05 if log else 5.0)
    return low - room, high + room


def _label_ends(figure: go.Figure, blocks: Mapping[str, pd.DataFrame], symbols: tuple[str, ...], panel: str) -> int:
    """Mark each line of a panel at its end and write its last figure there; return the letters of the longest."""
    axis = figure.layout[f"yaxis{_AXIS[panel][1:]}"]
    low, high = axis.range
    ends = {
        symbol: known.iloc[-1:]
        for symbol, block in blocks.items()
        if len(known := block[panel].dropna()) and symbol in symbols
    }
    if not ends and panel == "rebased":
        figure.add_annotation(
            text="no common day",
            x=0.5,
            xref="paper",
            y=sum(PANELS[panel]) / 2,
            yref="paper",
            showarrow=False,
            font={"size": 13, "color": NEUTRAL},
        )
    if not ends:
        return 0
    figures = {symbol: float(end.iloc[0]) for symbol, end in ends.items()}
    heights = np.array([log10(value) if axis.type == "log" else value for value in figures.values()])
    bottom, top = PANELS[panel]
    apart = LABEL_PIXELS / (HEIGHT * (top - bottom)) * (high - low)
    written = [number(value, _FORM[panel]) for value in figures.values()]
    placed = spread(heights, apart, low, high)
    for (symbol, value), height, words in zip(figures.items(), placed, written, strict=True):
        place = symbols.index(symbol)
        figure.add_scatter(
            x=frames.days(ends[symbol]).strftime("%Y-%m-%d").to_list(),
            y=[value],
            yaxis=_AXIS[panel],
            name=chart_text(symbol),
            legendgroup=symbol,
            showlegend=not any(one.showlegend for one in figure.select_traces({"legendgroup": symbol})),
            mode="lines+markers",
            line={"color": ASSETS[place], "width": 2, "dash": DASHES[place]},
            marker={"symbol": MARKS[place], "size": 8, "color": ASSETS[place]},
            cliponaxis=False,
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=1,
            xref="paper",
            y=height,
            yref=_AXIS[panel],
            text=signed(SIGNS[place], ASSETS[place], words),
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"size": 12},
        )
    return max(map(len, written)) + len("● ")


def spread(heights: np.ndarray, apart: float, low: float, high: float) -> np.ndarray:
    """Move labels up or down so that neighbours stand `apart`, in their order and inside the axis where they fit.

    Parameters
    ----------
    heights : array of float, shape (labels,)
        Where each label belongs.
    apart : float
        Height of a label, in units of the axis.
    low, high : float
        The ends of the axis.
    """
    order = np.argsort(heights, kind="stable")
    steps = np.arange(len(heights)) * apart
    # Least squares under "each at least so far above the one before": level what falls behind, each block at its mean.
    blocks: list[tuple[float, int]] = []
    for height in heights[order] - steps:
        mean, count = float(height), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (mean * count + before * many) / (count + many), count + many
        blocks.append((mean, count))
    level = np.concatenate([np.full(count, mean) for mean, count in blocks])
    edge = apart / 2
    placed = np.clip(level, low + edge, max(high - edge - steps[-1], low + edge)) + steps
    result = np.empty(len(heights))
    result[order] = placed
    return result


def compare_text(rows: pd.DataFrame) -> str:
    """Return `findings` as one text."""
    return " ".join(findings(rows))


def findings(rows: pd.DataFrame) -> tuple[str, str, str]:
    """Return sentences that say which asset gained most, which is most afraid and whose gap is widest, each on its own day.

    A gap on a day without a named regime rests on too little and does not count.
    """
    blocks = by_asset(rows)
    return _gains(blocks), _most_afraid(blocks), _widest_gap(blocks)


def _gains(blocks: Mapping[str, pd.DataFrame]) -> str:
    known = {symbol: rebased for symbol, block in blocks.items() if len(rebased := block["rebased"].dropna())}
    if not known:
        return "There is no day in this range on which all of them have a price, so their prices cannot be compared."
    moves = {symbol: float(rebased.iloc[-1]) / 100 - 1 for symbol, rebased in known.items()}
    lasts = {symbol: rebased.index[-1] for symbol, rebased in known.items()}
    one_day = len(set(lasts.values())) == 1
    first, *others = sorted(moves, key=lambda symbol: -moves[symbol])
    said = {
        symbol: f"{number(move, '+,.0%')}{'' if one_day else f' to {plain_day(lasts[symbol])}'}"
        for symbol, move in moves.items()
    }
    base = plain_day(min(rebased.index[0] for rebased in known.values()))
    until = f" to {plain_day(lasts[first])}" if one_day else ""
    verb = "gained most" if moves[first] > 0 else "lost least"
    after = "; then " + ", ".join(f"{symbol} {said[symbol]}" for symbol in others) if others else ""
    return f"From {base}{until}, {first} {verb}: {said[first]}{after}."


def _most_afraid(blocks: Mapping[str, pd.DataFrame]) -> str:
    last = _last(blocks, "fear")
    if not last:
        return "No fear is known of any."
    symbol = max(last, key=lambda name: last[name][1])
    return f"Most afraid is {symbol}, with fear {number(last[symbol][1])} on {plain_day(last[symbol][0])}."


def _widest_gap(blocks: Mapping[str, pd.DataFrame]) -> str:
    named = {symbol for symbol, block in blocks.items() if pd.notna(block["regime"].iloc[-1])}
    last = {symbol: end for symbol, end in _last(blocks, "gap").items() if symbol in named}
    without = [symbol for symbol in blocks if symbol not in last]
    if not last:
        return "No gap counts, because too little is known of the fundamentals of any."
    symbol = max(last, key=lambda name: abs(last[name][1]))
    missing = f" Too little is known of the fundamentals of {_listed(without)} to count a gap." if without else ""
    return f"The widest gap is that of {symbol}: {number(last[symbol][1], '+.0f')} on {plain_day(last[symbol][0])}.{missing}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _last(blocks: Mapping[str, pd.DataFrame], column: str) -> dict[str, tuple[pd.Timestamp, float]]:
    """Return day and figure of each asset's last row; an asset whose figure is unknown on that day is left out."""
    rows = {symbol: block[column].iloc[-1:] for symbol, block in blocks.items()}
    return {symbol: (end.index[0], float(end.iloc[0])) for symbol, end in rows.items() if end.notna().all()}
