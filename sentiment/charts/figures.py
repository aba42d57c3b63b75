"""What the charts share: colours by meaning, daily time axes, pins of notes, the common layout, and figures serialised once."""

from __future__ import annotations

from functools import wraps
from math import ceil
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

import numpy as np
import orjson
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.colours import COMPLACENT, FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.models import Regime

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

Arguments = ParamSpec("Arguments")
Price = TypeVar("Price", float, np.ndarray)
Figure: TypeAlias = go.Figure

AXIS_COLOUR = {"fear": FEAR, "fundamentals": FUNDAMENTALS}
REGIME_COLOUR = {Regime.FEAR_OUTWEIGHS.value: FEAR, Regime.COMPLACENT.value: COMPLACENT}
STATUS_MARK = {
    "hit": "triangle-up",
    "miss": "x",
    "invalidated": "bowtie",
    "mixed": "square",
    "pending": "circle-open",
    "ungradable": "hexagon-open",
    "hindsight": "cross-open",
    "no call": "diamond-open",
}
"""The shape of a call's outcome, all in one grey: filled where it is settled, hollow where nothing counts yet or at all."""
GRID = "rgba(124,130,138,0.22)"
_AREA_ALPHA = 0.14
_DAY = 86_400_000  # milliseconds, plotly's unit of time
_FEW_DAYS, _MOST_TICKS = 14, 6
_EDGE, CAPTION = 8, 20
"""Pixels around a figure, and those that the caption above a panel takes."""
_BELOW = 40  # pixels that the words of a time axis take, about


def cached(figure: Figure) -> Figure:
    """Convert a figure to plain data once, for a chart that many viewers share; it must not be changed afterwards.

    Streamlit calls `to_dict` on every rerun, and plotly copies every array each time: 1.5 to 3.5 ms a chart against 0.1 to 0.5.
    """
    data = orjson.loads(figure.to_json())
    figure.to_dict = lambda: data
    return figure


def cached_output(chart: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Make a chart function return its figure `cached`."""

    @wraps(chart)
    def draw(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        return cached(chart(*args, **kwargs))

    return draw


def daily_points(values: pd.Series) -> dict[str, object]:
    """Return the trace arguments of a daily line: its days, and the values as 32-bit floats.

    Where every day is there (NaN where unknown) none is written out, only the first and the step. Seven digits are more than any
    hover shows.
    """
    days = frames.days(values)
    if len(days) != (days[-1] - days[0]).days + 1:  # the sessions of an exchange
        return {"x": days.strftime("%Y-%m-%d").to_list(), "y": values.to_numpy("float32")}
    return {"x0": str(days[0].date()), "dx": _DAY, "y": values.to_numpy("float32")}


def daily_readout(values: pd.Series, told: np.ndarray, heights: tuple[float, float], template: str) -> go.Heatmap:
    """Return a trace that nobody sees and that says all of a day wherever the pointer is in a panel.

    A line is only found near its points, and on a steep one the nearest point is of another day. Where a pin is near, it is found first.

    Parameters
    ----------
    values : pandas.Series
        What the template calls ``z``, by day.
    told : array of shape (days, columns)
        What it calls ``customdata``.
    heights : tuple of float
        The lower and the upper edge of the panel.
    template : str
        Plotly's hover template.
    """
    points = daily_points(values)
    row = points.pop("y")
    return go.Heatmap(
        **points,
        z=np.asarray(row)[np.newaxis],
        customdata=told[np.newaxis],
        y=heights,
        name="readout",
        hovertemplate=template,
        opacity=0,
        showscale=False,
    )


def day_ticks(first: date, last: date) -> dict[str, object]:
    """Return the arguments of a time axis that keep its ticks on days: on a short one plotly would count hours."""
    span = (last - first).days
    if span > _FEW_DAYS:
        return {}
    return {"tick0": f"{first:%Y-%m-%d}", "dtick": _DAY * max(1, ceil(span / _MOST_TICKS)), "tickformat": "%-d %b\n%Y"}


def price_ticks(low: float) -> str:
    """Return the tick format of prices from `low` up: 60k, but 0.00002 in plain digits rather than as 20 micro."""
    return "~s" if low >= 1 else ",~r"


def with_alpha(colour: str, alpha: float = _AREA_ALPHA) -> str:
    """Return a hex colour with an opacity from 0 to 1, for an area."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def raised(price: Price, share: float, *, low: float, high: float, log: bool) -> Price:
    """Move a price up by a share of the height of a panel from `low` to `high`."""
    return price * (high / low) ** share if log else price + share * (high - low)


def note_pins(marks: pd.DataFrame, feet: np.ndarray, heads: np.ndarray, status: str) -> go.Scatter:
    """Draw the notes of one status as pins above their closes, so that a pointer hits the pin and not the line below.

    Parameters
    ----------
    marks : pandas.DataFrame
        One row a note: ``date``, ``id`` and ``label`` (the hover text).
    feet, heads : arrays of shape (notes,)
        Prices at which each pin starts and ends.
    status : str
        A key of `STATUS_MARK`.
    """
    stems = heads - feet
    return go.Scatter(
        x=marks["date"].dt.strftime("%Y-%m-%d"),
        y=heads,
        error_y={"array": 0 * stems, "arrayminus": stems, "color": NEUTRAL, "width": 0, "thickness": 1.5},
        name=f"note, {status}" if status != "no call" else "note without a call",
        mode="markers",
        marker=outcome_mark(status, 13),
        customdata=marks[["id", "label"]].to_numpy(),
        cliponaxis=False,
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def outcome_mark(status: str, size: int) -> dict[str, object]:
    """Return the marker of an outcome, a key of `STATUS_MARK`."""
    line = {"width": 2, "color": NEUTRAL}
    return {"symbol": STATUS_MARK[status], "size": size, "color": NEUTRAL, "line": line}


def end_of(last: pd.Timestamp, marks: pd.DataFrame) -> pd.Timestamp:
    """Return the day up to which a chart goes: that of its last price, or of a later note."""
    return last if marks.empty else max(last, marks["date"].max().tz_localize(None))


def signed(sign: str, colour: str, words: str) -> str:
    """Return words behind a sign in the colour of its line; the words themselves have the colour of the page."""
    return f'<span style="color:{colour}">{sign}</span> {words}'


def name_above(figure: go.Figure, name: str, height: float, pixels: int) -> None:
    """Write the name of a row above it, from the zero of a scale along x; `pixels` above its height."""
    figure.add_annotation(
        text=name,
        x=0,
        y=height,
        xanchor="left",
        yanchor="bottom",
        yshift=pixels,
        showarrow=False,
        align="left",
        font={"size": 12},
    )


def apply_layout(figure: go.Figure, height: int) -> go.Figure:
    """Apply the layout that all charts share; colours and fonts come from the page, so plotly's template is dropped.

    What an axis of heights measures stands above its panel, for beside it it would take the width of a phone.
    """
    figure.update_xaxes(gridcolor=GRID, zeroline=False, tickangle=0)
    figure.update_yaxes(gridcolor=GRID, zeroline=False)
    figure.layout.template = {"layout": {}}
    above = CAPTION if _caption_panels(figure) else 0
    return figure.update_layout(
        height=height,
        margin={"l": _EDGE, "r": _EDGE, "t": _EDGE + above, "b": _EDGE},
        hovermode="closest",
        hoverdistance=30,
        hoverlabel={"align": "left"},
        dragmode="zoom",
        legend={
            "orientation": "h",
            "y": 1 + (_EDGE + above) / (height - above - _BELOW),
            "yanchor": "bottom",
            "x": 0,
            "title": {"text": ""},
        },
        font={"size": 12},
    )


def _caption_panels(figure: go.Figure) -> bool:
    """Write the title of each axis of heights above its panel instead; return whether there is any."""
    titled = [axis for axis in figure.select_yaxes() if axis.title.text]
    for axis in titled:
        name = axis.plotly_name.replace("axis", "")
        figure.add_annotation(
            text=axis.title.text + (", logarithmic scale" if axis.type == "log" else ""),
            x=0,
            xref=f"{axis.anchor or 'x'} domain",
            y=1,
            yref=f"{name} domain",
            xanchor="left",
            yanchor="bottom",
            yshift=2,
            showarrow=False,
            font={"size": 12},
        )
        axis.title = None
    return bool(titled)
