"""Frames to plotly figures, each with a sentence for those who cannot see it; nothing else imports plotly."""

from __future__ import annotations

from functools import partial, wraps
from math import log10
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
import orjson
import pandas as pd
import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

from sentiment import frames
from sentiment.charts import colours
from sentiment.errors import FrameError
from sentiment.formatting import number, plain_day
from sentiment.models import Regime
from sentiment.scoring.components import registry
from sentiment.scoring.score import GAP_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = ParamSpec("Rows")
Price = TypeVar("Price", float, np.ndarray)

FEAR, FUNDAMENTALS, NEUTRAL, COMPLACENT = colours.FEAR, colours.FUNDAMENTALS, colours.NEUTRAL, colours.COMPLACENT
AXIS_COLOUR = {"fear": FEAR, "fundamentals": FUNDAMENTALS}
REGIME_COLOUR = {Regime.FEAR_OUTWEIGHS.value: FEAR, Regime.COMPLACENT.value: COMPLACENT}
STATUS_MARK = {
    "hit": ("triangle-up", "#1A9A72"),
    "miss": ("x", "#C8374A"),
    "invalidated": ("bowtie", "#B8578F"),
    "pending": ("circle", "#B38000"),
    "ungradable": ("hexagon", NEUTRAL),
    "mixed": ("square", NEUTRAL),
    "no call": ("diamond", NEUTRAL),
}
TRAIL_DAYS = 90
CONFIG = {"displaylogo": False, "scrollZoom": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
GRID = "rgba(124,130,138,0.22)"
_SHADE = 0.14
_DAY = 86_400_000  # milliseconds, as plotly counts time
# What each line shows on hover: its own value, and from beside it that of the other line and the gap.
_READING = (
    "%{{x|%-d %b %Y}}<br>fear %{{{}:.0f}}, fundamentals %{{{}:.0f}}<br>gap %{{customdata[1]:+.0f}}<extra></extra>"
)
_BESIDE = {"fear": ("fundamentals", ("y", "customdata[0]")), "fundamentals": ("fear", ("customdata[0]", "y"))}


class Finished(BaseFigure):  # type: ignore[misc] # plotly has no types
    """A figure that nobody changes any more: written down once, as plain data, for everybody that it is shown to."""

    def __init__(self, figure: go.Figure) -> None:
        self._written: dict[str, Any] = orjson.loads(figure.to_json())

    def to_dict(self) -> dict[str, Any]:
        """Give the figure as data; read-only."""
        return self._written


def finished(chart: Callable[Rows, go.Figure]) -> Callable[Rows, Finished]:
    """Let a chart's function give its figure finished."""

    @wraps(chart)
    def drawn(*rows: Rows.args, **named: Rows.kwargs) -> Finished:
        return Finished(chart(*rows, **named))

    return drawn


def timeline(axes: pd.DataFrame, marks: pd.DataFrame, unit: str, *, log: bool) -> go.Figure:
    """Draw the price with regime shading and note pins above the two axes, on one time axis.

    Parameters
    ----------
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show.
    marks : pandas.DataFrame
        One row a note: ``date``, ``id``, ``status`` (a key of `STATUS_MARK`), ``label`` (its hover text).
    unit : str
        Unit of the close.
    log : bool
        Whether the price is on a logarithmic scale.
    """
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.58, 0.42])
    days = frames.days(axes).tz_localize(None)
    low, high = float(axes["close"].min()), float(axes["close"].max())
    log = log and not low <= 0  # a yield may be
    lifted = partial(lift, low=low, high=high, log=log)
    edges = lifted(low, -0.05), lifted(high, 0.17)
    for regime, colour in REGIME_COLOUR.items():
        figure.add_trace(_shade(axes, regime, colour, *edges), row=1, col=1)
    price = go.Scatter(
        **along(axes["close"]),
        name="close",
        mode="lines",
        line={"color": NEUTRAL, "width": 1.8},
        hovertemplate=f"%{{x|%-d %b %Y}}<br>close %{{y:,.6~r}} {unit}<extra></extra>",
        showlegend=False,
    )
    figure.add_trace(price, row=1, col=1)
    for status in STATUS_MARK:
        some = marks[marks["status"] == status]
        if len(some):
            feet = axes["close"].reindex(some["date"]).to_numpy()
            figure.add_trace(pins(some, feet, lifted(feet, 0.1), status), row=1, col=1)
    for axis, colour in AXIS_COLOUR.items():
        line = go.Scatter(
            **along(axes[axis]),
            name=axis,
            mode="lines",
            line={"color": colour, "width": 2},
            customdata=_whole(axes[[_BESIDE[axis][0], "gap"]]),
            hovertemplate=_READING.format(*_BESIDE[axis][1]),
        )
        figure.add_trace(line, row=2, col=1)
    figure.update_yaxes(row=1, col=1, type="log" if log else "linear", title_text=f"close, {unit}", tickformat="~s")
    if low == high:
        edges = low * 0.95, high * 1.05
    figure.update_yaxes(row=1, col=1, range=[log10(edge) for edge in edges] if log else edges, nticks=6)
    figure.update_yaxes(row=2, col=1, range=[0, 100], tickvals=[0, 25, 50, 75, 100], title_text="score, 0–100")
    single = pd.Timedelta(1 if len(days) == 1 else 0, "D")
    figure.update_xaxes(
        range=[days[0] - single, days[-1] + single],
        hoverformat="%-d %b %Y",
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikecolor=NEUTRAL,
    )
    return dress(figure, 560)


def along(values: pd.Series) -> dict[str, object]:
    """Place daily values on the time axis, by their first day and the step: every day is there, so none is written.

    Seven digits are more than any hover shows; half the bytes of the whole float.

    Raises
    ------
    FrameError
        If a day is missing.
    """
    days = frames.days(values)
    if len(days) != (days[-1] - days[0]).days + 1:
        raise FrameError(f"{len(days)} rows from {days[0].date()} to {days[-1].date()}: a line of days wants every day")
    return {"x0": str(days[0].date()), "dx": _DAY, "y": values.to_numpy("float32")}


def _whole(rows: pd.DataFrame) -> np.ndarray:
    """Round as the hover shows it, to a byte each; where a day is not known a float stands for it, no byte can."""
    rounded = rows.to_numpy().round()
    return rounded.astype("float32" if np.isnan(rounded).any() else "int8")


def _shade(axes: pd.DataFrame, regime: str, colour: str, low: float, high: float) -> go.Scatter:
    """One filled outline a run of days in the regime, all in one trace."""
    inside = axes["regime"] == regime
    runs = axes.index[inside].to_series().groupby((~inside).cumsum()[inside]).agg(["first", "last"])
    xs: list[str | None] = []
    for first, last in runs.itertuples(index=False):
        left, right = str(first.date()), str(last.date())
        xs += [left, left, right, right, None]
    return go.Scatter(
        x=xs,
        y=np.tile(np.array([low, high, high, low, np.nan], "float32"), len(runs)),
        name=regime,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=tint(colour),
        hoverinfo="skip",
    )


def tint(colour: str, share: float = _SHADE) -> str:
    """Thin a colour to the shade of an area."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def lift(value: Price, share: float, *, low: float, high: float, log: bool) -> Price:
    """Move a price up by a share of the height of a panel from `low` to `high`."""
    return value * (high / low) ** share if log else value + share * (high - low)


def pins(marks: pd.DataFrame, feet: np.ndarray, heads: np.ndarray, status: str) -> go.Scatter:
    """Stand pins above their closes, so that a pointer finds the pin and not the line below it."""
    symbol, colour = STATUS_MARK[status]
    stems = heads - feet
    return go.Scatter(
        x=marks["date"].dt.strftime("%Y-%m-%d"),
        y=heads,
        error_y={"array": 0 * stems, "arrayminus": stems, "color": colour, "width": 0, "thickness": 1.5},
        name=f"note, {status}" if status != "no call" else "note without a call",
        mode="markers",
        marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 1.5, "color": "white"}},
        customdata=marks[["id", "label"]].to_numpy(),
        cliponaxis=False,
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def timeline_text(axes: pd.DataFrame, marks: pd.DataFrame) -> str:
    """Say what the timeline shows."""
    first, last = plain_day(axes.index[0]), plain_day(axes.index[-1])
    move = axes["close"].iloc[-1] / axes["close"].iloc[0] - 1
    named = axes["regime"].dropna()
    told = "No day has a reading"
    if len(named):
        days = "the days" if len(named) == len(axes) else f"the {len(named):,} days that have a reading"
        told = f"Fear outweighed fundamentals on {(named == Regime.FEAR_OUTWEIGHS.value).mean():.0%} of {days}"
    return f"Price from {first} to {last}: {number(move, '+,.0%')}. {told}. {len(marks)} research notes are marked."


def trail(axes: pd.DataFrame) -> pd.DataFrame:
    """Rows that the quadrant draws: the last days on which both axes are known."""
    return axes.iloc[-TRAIL_DAYS:].dropna(subset=["gap"])


def quadrant(axes: pd.DataFrame) -> go.Figure:
    """Draw fear against fundamentals: the last days as a trail, the regimes and their borders."""
    path = trail(axes)
    figure = go.Figure()
    edge = 100 - GAP_LIMIT
    for colour, xs, ys in (
        (FEAR, [GAP_LIMIT, 100, 100], [100, 100, GAP_LIMIT]),
        (COMPLACENT, [0, 0, edge], [edge, 0, 0]),
    ):
        figure.add_scatter(
            x=[*xs, xs[0]],
            y=[*ys, ys[0]],
            mode="lines",
            line={"color": colour, "width": 1, "dash": "dot"},
            fill="toself",
            fillcolor=tint(colour),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=path["fundamentals"],
        y=path["fear"],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.2},
        marker={"size": 4, "color": NEUTRAL},
        customdata=frames.days(path).strftime("%-d %b %Y"),
        hovertemplate="%{customdata}<br>fear %{y:.0f}, fundamentals %{x:.0f}<extra></extra>",
    )
    for rows, size, filled in ((path.iloc[:1], 9, False), (path.iloc[-1:], 14, True)):
        figure.add_scatter(
            x=rows["fundamentals"],
            y=rows["fear"],
            mode="markers+text",
            text=frames.days(rows).strftime("%-d %b"),
            textposition="bottom center" if filled else "top center",
            marker={
                "size": size,
                "color": NEUTRAL,
                "symbol": "circle" if filled else "circle-open",
                "line": {"width": 2},
            },
            hoverinfo="skip",
        )
    for x, y, words, anchor in (
        (98, 97, "fear outweighs fundamentals", "right"),
        (2, 3, "complacent", "left"),
    ):
        figure.add_annotation(x=x, y=y, text=words, showarrow=False, xanchor=anchor, font={"size": 12})
    figure.update_xaxes(
        range=[0, 100], constrain="domain", title_text="fundamentals, 0–100", tickvals=[0, 25, 50, 75, 100]
    )
    figure.update_yaxes(range=[0, 100], title_text="fear, 0–100", tickvals=[0, 25, 50, 75, 100])
    if len(path) > 1:
        _walk(figure, path)
    return dress(figure, 460).update_layout(showlegend=False, margin={"l": 8, "r": 24, "t": 40, "b": 8})


def _walk(figure: go.Figure, path: pd.DataFrame) -> None:
    """Let the last marker walk the trail, a frame a day, when its button is pressed."""
    head = len(figure.data) - 1
    words = frames.days(path).strftime("%-d %b")
    figure.frames = [
        go.Frame(data=[{"type": "scatter", "x": [x], "y": [y], "text": [text]}], traces=[head], name=text)
        for x, y, text in zip(path["fundamentals"].round(2), path["fear"].round(2), words, strict=True)
    ]
    pace = {"frame": {"duration": 90, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    figure.update_layout(
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "pad": {"b": 6},
                "font": {"color": NEUTRAL},
                "bordercolor": NEUTRAL,
                "buttons": [
                    {"label": "▶ Walk the days", "method": "animate", "args": [None, pace]},
                    {"label": "■ Stop", "method": "animate", "args": [[None], stop]},
                ],
            }
        ]
    )


def quadrant_text(axes: pd.DataFrame) -> str:
    """Say what the quadrant shows."""
    path = trail(axes)
    if path.empty:
        return "No day of the last 90 has both fear and fundamentals."
    first, last = path.iloc[0], path.iloc[-1]
    return (
        f"From {plain_day(path.index[0])} to {plain_day(path.index[-1])} fear went from {first['fear']:.0f} to "
        f"{last['fear']:.0f} and fundamentals from {first['fundamentals']:.0f} to {last['fundamentals']:.0f}: {last['regime']}."
    )


def contributions(rows: pd.DataFrame, axis: str, *, brief: bool = False) -> go.Figure:
    """Draw the parts of one axis on one day: points each, of what its weight could give.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a component of that axis and day: ``component raw rank weight contribution``.
    axis : str
        Which axis, for the colour.
    brief : bool
        Whether each bar names only its points, for a chart that stands beside a table of the rest.
    """
    parts = {part.name: part for part in registry()}
    shown = rows.sort_values("contribution", na_position="first", kind="stable").reset_index(drop=True)
    present = shown["weight"].where(shown["rank"].notna(), 0.0)
    room = 100 * present / present.sum() if present.sum() else present
    places = list(range(len(shown)))
    figure = go.Figure()
    figure.add_bar(x=room, y=places, orientation="h", marker={"color": GRID}, width=0.34, hoverinfo="skip")
    figure.add_bar(
        x=shown["contribution"],
        y=places,
        orientation="h",
        width=0.34,
        marker={"color": AXIS_COLOUR[axis]},
        hovertemplate="%{x:.1f} points<extra></extra>",
    )
    for place, row in zip(places, shown.to_dict("records"), strict=True):
        part = parts[str(row["component"])]
        scale = "rank" if part.ranked else "scaled to"
        rest = f" · {part.show(row['raw'])} · {scale} {row['rank']:.0f} · weight {row['weight']:g}"
        gone = "  no data" if brief else f"  no data · weight {row['weight']:g}, left out"
        figure.add_annotation(
            x=0,
            y=place,
            xanchor="left",
            yanchor="bottom",
            yshift=7,
            showarrow=False,
            align="left",
            text=(
                f"<b>{part.title}</b>  {row['contribution']:.1f}{'' if brief else rest}"
                if row["rank"] >= 0
                else f"<b>{part.title}</b>{gone}"
            ),
            font={"size": 12},
        )
    figure.update_xaxes(range=[0, max(30.0, float(room.max()))], title_text=f"points of {axis}", nticks=6)
    figure.update_yaxes(visible=False, range=[-0.5, len(shown) - 0.2])
    return dress(figure, 60 + 54 * len(shown)).update_layout(barmode="overlay", showlegend=False)


def contributions_text(rows: pd.DataFrame, axis: str) -> str:
    """Say what the contributions show."""
    parts = {part.name: part.title.lower() for part in registry()}
    known = rows.dropna(subset=["contribution"]).sort_values("contribution", ascending=False)
    if known.empty:
        return f"No component of {axis} is known on this day."
    most = known.iloc[0]
    missing = [parts[name] for name in rows.loc[rows["rank"].isna(), "component"]]
    gone = f" Missing: {', '.join(missing)}." if missing else ""
    return (
        f"{axis.capitalize()} is {known['contribution'].sum():.0f}; the largest part is {parts[most['component']]} "
        f"({most['contribution']:.1f} points).{gone}"
    )


def history(values: pd.Series, component: str) -> go.Figure:
    """Draw the raw values of one component over time, in their own unit."""
    part = next(one for one in registry() if one.name == component)
    figure = go.Figure()
    figure.add_scatter(
        **along(values),
        mode="lines",
        line={"color": AXIS_COLOUR[part.axis], "width": 1.5},
        hovertemplate="%{x|%-d %b %Y}<br>%{y:.4~g} " + part.unit + "<extra></extra>",
    )
    figure.update_yaxes(nticks=4, tickformat=".3~%" if "%" in part.display else ".3~g")
    figure.update_xaxes(nticks=5)
    return dress(figure, 150).update_layout(showlegend=False)


def dress(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure the looks that all of them share; colours and fonts are the page's, so plotly's own are left out."""
    figure.update_xaxes(gridcolor=GRID, zeroline=False)
    figure.update_yaxes(gridcolor=GRID, zeroline=False)
    figure.layout.template = {"layout": {}}
    return figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hovermode="closest",
        hoverdistance=30,
        hoverlabel={"align": "left"},
        dragmode="zoom",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
        font={"size": 12},
    )
