"""Charts of the evidence: excess returns with their intervals, paths after entries, and two series compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sentiment import frames
from sentiment.charts.colours import COMPLACENT, FEAR, NEUTRAL
from sentiment.charts.figures import GRID, REGIME_COLOUR, apply_layout, daily_points, day_ticks, with_alpha
from sentiment.formatting import counted, number, plain_day
from sentiment.models import Regime
from sentiment.scoring.regimes import BEGINS_AT
from sentiment.validation.forward_returns import MIN_EPISODES

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.validation.comparison import Comparison
    from sentiment.validation.event_study import EventPaths

_COLUMNS = 2
_REGIMES = [str(regime) for regime in (Regime.COMPLACENT, Regime.IN_BALANCE, Regime.FEAR_OUTWEIGHS)]
_ENDS = (("lower", "upper"), ("joint_lower", "joint_upper"))
_LEAST_DAYS = 90  # three times the longest lead that is looked for
_HOVER = (
    "%{customdata[0]}<br>excess %{x:+.1f} points, 95%: %{customdata[1]:+.1f} to %{customdata[2]:+.1f}"
    "<br>allowing for all judged cells %{customdata[3]:+.1f} to %{customdata[4]:+.1f}"
    "<br>days %{customdata[5]:,}, episodes %{customdata[6]}<extra></extra>"
)


def excess(table: pd.DataFrame, by: str) -> go.Figure:
    """Draw the excess return of each label with both intervals, one panel a horizon or era, each on its own scale.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `evidence_table` or `evidence_by_era`: fractions; rows whose excess is NaN are left out.
    by : {"horizon", "era"}
    """
    known = table.dropna(subset=["excess"])
    panels = list(dict.fromkeys(known[by]))
    rows = max(1, -(-len(panels) // _COLUMNS))
    titles = [f"{panel} days" if by == "horizon" else str(panel) for panel in panels]
    figure = make_subplots(rows, _COLUMNS, subplot_titles=titles, horizontal_spacing=0.06, vertical_spacing=0.36 / rows)
    labels = in_order(table["label"])
    for place, panel in enumerate(panels):
        at = {"row": place // _COLUMNS + 1, "col": place % _COLUMNS + 1}
        for row in known[known[by] == panel].to_dict("records"):
            height = len(labels) - labels.index(row["label"])
            for trace in _interval(row, height):
                figure.add_trace(trace, **at)
            figure.add_annotation(
                xref="x domain", x=0, y=height, yshift=9, yanchor="bottom", xanchor="left", showarrow=False,
                text=row["label"], font={"size": 11}, **at,
            )  # fmt: skip
        figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, **at)
    figure.update_annotations(selector={"yref": "paper"}, font={"size": 12})
    figure.update_yaxes(visible=False, range=[0.6, len(labels) + 0.75])
    figure.update_xaxes(nticks=5)
    return apply_layout(figure, 30 + rows * (84 + 42 * len(labels))).update_layout(showlegend=False, margin={"t": 28})


def _interval(row: dict[str, object], height: float) -> list[go.Scatter]:
    """Draw one row: the joint interval as a thin line, the plain one as a thick line, the excess as a point, hollow if not judged."""
    colour = REGIME_COLOUR.get(str(row["label"]), NEUTRAL)
    ends = ("excess", "lower", "upper", "joint_lower", "joint_upper")
    excess, lower, upper, joint_lower, joint_upper = (100 * float(str(row[name])) for name in ends)
    hover = [[row["label"], lower, upper, joint_lower, joint_upper, row["days"], row["episodes"]]]
    judged = int(str(row["episodes"])) >= MIN_EPISODES
    marker = {"size": 12, "color": colour, "line": {"width": 2, "color": "white"}}
    return [
        go.Scatter(
            x=[low, high], y=[height, height], mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"
        )
        for low, high, width in ((joint_lower, joint_upper, 1), (lower, upper, 5))
        if row["episodes"] != 1  # so wide that no other could be seen beside it
    ] + [
        go.Scatter(
            x=[excess],
            y=[height],
            mode="markers",
            marker=marker if judged else {"size": 12, "color": colour, "symbol": "circle-open", "line": {"width": 3}},
            customdata=hover,
            hovertemplate=_HOVER,
        )
    ]


def excess_text(table: pd.DataFrame) -> str:
    """Return a text on how to read the intervals and how many of them exclude zero."""
    known = table.dropna(subset=["excess"])
    judged = known[known["episodes"] >= MIN_EPISODES]
    plain, joint = _without_zero(known)[0], _without_zero(judged)[1]
    few = len(known) - len(judged)
    hollow = f" Hollow: fewer than {MIN_EPISODES} separate episodes, not judged ({few} of {len(known)})." if few else ""
    return (
        f"Mean forward return less that of all days, in percentage points. Thick: 95% interval, {plain} of {len(known)} leave "
        f"out zero. Thin: widened for looking at all that are judged, {joint} of {len(judged)} leave out zero.{hollow}{_alone(known)}"
    )


def in_order(labels: pd.Series) -> list[str]:
    """Return the labels, each once: regimes from complacent to fearful, others as they come."""
    found = list(dict.fromkeys(labels))
    return sorted(found, key=_REGIMES.index) if set(found) <= set(_REGIMES) else found


def eras_text(table: pd.DataFrame, horizon: int) -> str:
    """Return a text on the evidence by era at one horizon: rows of `evidence_by_era` with that horizon.

    It counts the judged cells alone: in an era, a label of few episodes leaves out zero too often even jointly.
    """
    known = table.dropna(subset=["excess"])
    judged = known[known["episodes"] >= MIN_EPISODES]
    start = f"{horizon} days ahead, between bitcoin's halvings, each era against its own mean, in percentage points."
    if judged.empty:
        return f"{start} No reading has {MIN_EPISODES} separate episodes in any era (hollow): at this horizon the eras show nothing.{_alone(known)}"
    plain, joint = _without_zero(judged)
    return (
        f"{start} {len(judged)} of {len(known)} have at least {MIN_EPISODES} separate episodes and are judged; the others are "
        f"hollow and show nothing. Of those judged, {plain} leave out zero by their 95% interval (thick) and {joint} by the "
        f"interval widened for looking at every era, reading and horizon, {judged['cells'].max()} judged cells in all (thin).{_alone(known)}"
    )


def eras_finding(table: pd.DataFrame, horizon: int) -> str:
    """Return the same in one sentence: how many judged cells leave out zero even jointly."""
    known = table.dropna(subset=["excess"])
    judged = known[known["episodes"] >= MIN_EPISODES]
    if judged.empty:
        return f"{horizon} days ahead no reading has {MIN_EPISODES} separate episodes in any era: eras tell nothing."
    jointly = _without_zero(judged)[1]
    of_all = f"of the {len(judged)} readings of an era with {MIN_EPISODES} separate episodes"
    told = counted(jointly, f"{of_all} leaves", f"{of_all} leave") if jointly else f"none {of_all} leaves"
    return f"{horizon} days ahead {told} out zero, after allowing for how many were tested."


def _alone(known: pd.DataFrame) -> str:
    return " One episode alone is drawn without its interval." if (known["episodes"] == 1).any() else ""


def _without_zero(rows: pd.DataFrame) -> tuple[int, int]:
    """Count the plain and the joint intervals that leave out zero."""
    plain, joint = (int(((rows[low] > 0) | (rows[high] < 0)).sum()) for low, high in _ENDS)
    return plain, joint


def event_study(study: EventPaths, label: str) -> go.Figure:
    """Draw the median and quartiles of the return after each entry into a label, with every single path behind them."""
    figure, colour, days = go.Figure(), REGIME_COLOUR.get(label, NEUTRAL), list(study.band.index)
    xs: list[int | None] = []
    ys: list[float | None] = []
    for entry in study.each:
        xs += [*days, None]
        ys += [*(100 * study.each[entry]).tolist(), None]
    figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": GRID, "width": 1.2}, hoverinfo="skip")
    for name, fill in (("lower", None), ("upper", "tonexty")):
        figure.add_scatter(
            x=days,
            y=100 * study.band[name],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=with_alpha(colour, 0.22),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=days,
        y=100 * study.band["median"],
        mode="lines",
        line={"color": colour, "width": 2.5},
        hovertemplate="day %{x}: median %{y:+.1f}%<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text="days after entry", range=[0, days[-1]])
    figure.update_yaxes(ticksuffix="%", title_text="return since the entry")
    return apply_layout(figure, 260).update_layout(showlegend=False)


def event_study_text(study: EventPaths, label: str) -> str:
    """Return a sentence with the median and quartiles at the end of the paths."""
    count = study.each.shape[1]
    if not count:
        return f"**{label.capitalize()}**: no entry has a complete path."
    last = study.band.iloc[-1]
    return (
        f"**{label.capitalize()}**: {counted(count, 'entry')}, median {number(last['median'], '+.0%')} after "
        f"{study.band.index[-1]} days, middle half {number(last['lower'], '+.0%')} to {number(last['upper'], '+.0%')}."
    )


def two_series(both: pd.DataFrame, title: str) -> go.Figure:
    """Draw fear and another series (columns ``fear`` and ``other``, NaN where unknown) on one 0-100 scale."""
    figure = go.Figure()
    for column, name, colour in (("other", title, NEUTRAL), ("fear", "fear", FEAR)):
        figure.add_scatter(
            **daily_points(both[column]),
            name=name,
            mode="lines",
            line={"color": colour, "width": 1.8},
            hovertemplate=f"%{{x|%-d %b %Y}}<br>{name} %{{y:.0f}}<extra></extra>",
        )
    figure.update_yaxes(range=[0, 100], tickvals=[0, 25, 50, 75, 100], title_text="0 calm – 100 extreme fear")
    days = frames.days(both)
    figure.update_xaxes(**day_ticks(days[0], days[-1]))
    return apply_layout(figure, 300)


def lead_lag(comparison: Comparison) -> go.Figure:
    """Draw the correlation of daily changes by shift in days; a peak right of zero means that fear moves first."""
    figure = go.Figure()
    figure.add_bar(
        x=comparison.lead_lag.index,
        y=comparison.lead_lag,
        marker={"color": NEUTRAL},
        hovertemplate="shift %{x:+d} days: %{y:+.2f}<extra></extra>",
    )
    figure.update_xaxes(title_text="days by which fear is ahead")
    figure.update_yaxes(title_text="correlation of daily changes", nticks=5)
    return apply_layout(figure, 240).update_layout(showlegend=False)


def comparison_text(comparison: Comparison, title: str) -> str:
    """Return a text on how similar two series are, and which moves first."""
    if comparison.days < _LEAST_DAYS or comparison.lead_lag.isna().all():
        return f"Fear and {title} have too few days in common to compare: {comparison.days}."
    return f"{correlation_text(comparison, title)} {lead_lag_text(comparison, title)} {apart_text(comparison)} To resemble another index is no merit."


def correlation_text(comparison: Comparison, title: str) -> str:
    """Return a sentence that says how alike two series are, which have days enough in common."""
    return (
        f"Correlation with {title} {number(comparison.correlation, '.2f')} (95% interval {number(comparison.lower, '.2f')} to "
        f"{number(comparison.upper, '.2f')}) on {counted(comparison.days, 'day')}."
    )


def lead_lag_text(comparison: Comparison, title: str) -> str:
    """Return a sentence that says which of two series moves first."""
    if comparison.lead_lag.isna().all():
        return f"Fear and {title} have too few days in common to compare: {comparison.days}."
    shift = int(comparison.lead_lag.index.to_numpy()[comparison.lead_lag.abs().argmax()])
    distance = counted(abs(shift), "day")
    order = f"{title} {distance} after fear" if shift > 0 else f"fear {distance} after {title}"
    return (
        f"Daily changes are most alike {f'with {order}' if shift else 'on the same day'} "
        f"({number(comparison.lead_lag[shift], '.2f')})."
    )


def apart_text(comparison: Comparison) -> str:
    """Return a sentence that says when two series were farthest apart."""
    first, most = comparison.disagreements.index[0], comparison.disagreements["difference"].iloc[0]
    return f"Farthest apart on {plain_day(first)}: {number(most, '+.0f')} points."


def weight_band(band: pd.DataFrame) -> go.Figure:
    """Draw the gap inside the band that redrawn weights give, with the borders of the regimes."""
    figure = go.Figure()
    for name, fill in (("lower", None), ("upper", "tonexty")):
        figure.add_scatter(
            **daily_points(band[name]),
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=with_alpha(NEUTRAL, 0.25),
            hoverinfo="skip",
        )
    figure.add_scatter(
        **daily_points(band["gap"]),
        mode="lines",
        line={"color": NEUTRAL, "width": 1.8},
        customdata=band[["lower", "upper", "changed"]].to_numpy("float32"),
        hovertemplate="%{x|%-d %b %Y}<br>gap %{y:+.0f}, redrawn %{customdata[0]:+.0f} to %{customdata[1]:+.0f}"
        "<br>another regime or none in %{customdata[2]:.0%}<extra></extra>",
    )
    for border, colour in ((BEGINS_AT, FEAR), (-BEGINS_AT, COMPLACENT)):
        figure.add_hline(y=border, line={"color": colour, "width": 1, "dash": "dot"})
    words = "gap, fear less justified fear, in points"
    figure.update_yaxes(range=[-100, 100], tickvals=[-100, -50, 0, 50, 100], title_text=words)
    days = frames.days(band)
    figure.update_xaxes(**day_ticks(days[0], days[-1]))
    return apply_layout(figure, 300).update_layout(showlegend=False)


def weight_band_text(band: pd.DataFrame) -> str:
    """Return a text on how often redrawn weights would give another regime."""
    known = band.dropna(subset=["gap"])
    if known.empty:
        return "No day of the range has a gap."
    return (
        f"From {plain_day(known.index[0])} to {plain_day(known.index[-1])}, 500 sets of weights drawn at random around the chosen ones: on an average day "
        f"{known['changed'].mean():.0%} give another regime or none; on {(known['changed'] > 1 / 2).mean():.0%} of the days most do. "
        "The band holds 90% of them. Dotted: where a regime can begin."
    )
