"""The verdict on a table of evidence: a grade by a published rule, and a sentence with the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from sentiment.formatting import counted, number
from sentiment.validation.forward_returns import MIN_EPISODES

MIN_HORIZONS = 2  # with the same edge, for a demonstrated one
RULE = (
    f"Only horizons with at least {MIN_EPISODES} separate episodes are judged; without any: too little data. The joint "
    "interval is the 95% interval widened until it holds for every judged label and horizon of the table at once. Weak: the "
    "joint interval leaves out zero at one horizon. Demonstrated: it does so at two horizons of the same label, on the "
    "same side, and there the excess has that sign in both halves of the history. Otherwise: no demonstrated edge. One "
    "horizon alone is weak at best."
)
_ALONE = " One horizon alone is weak at best: a demonstrated edge takes two."


class Grade(StrEnum):
    """What the evidence allows one to say, from least to most; the value is the text on screen."""

    TOO_LITTLE = "too little data"
    NONE = "no demonstrated edge"
    WEAK = "weak"
    DEMONSTRATED = "demonstrated"


@dataclass(frozen=True, slots=True)
class EvidenceVerdict:
    """A grade, and the sentence that states it with its figures."""

    grade: Grade
    sentence: str


def assess(rows: pd.DataFrame) -> EvidenceVerdict:
    """Grade rows of an evidence table by `RULE`; the sentence has the figures of the strongest row of that grade.

    Parameters
    ----------
    rows : pandas.DataFrame
        A whole `forward_returns.evidence_table`, or its rows for one label or horizon: their joint intervals still
        allow for the whole table.
    """
    measured = rows[rows["days"] > 0]
    if measured.empty:
        return EvidenceVerdict(
            Grade.TOO_LITTLE, "Too little data: no day with a reading has its whole return behind it yet."
        )
    judged = measured[measured["episodes"] >= MIN_EPISODES]
    most_episodes = measured[measured["episodes"] == measured["episodes"].max()]
    sign = np.sign(judged["excess"])
    clear = judged[(judged["joint_lower"] > 0) | (judged["joint_upper"] < 0)]
    lasting = clear[
        (np.sign(clear["first_half"]) == sign[clear.index]) & (np.sign(clear["second_half"]) == sign[clear.index])
    ]
    horizons = lasting.groupby(["label", sign[lasting.index]])["horizon"].transform("nunique")
    candidates = (lasting[horizons >= MIN_HORIZONS], clear, judged, most_episodes)
    grade, best = next(pair for pair in zip(reversed(Grade), candidates, strict=True) if len(pair[1]))
    strength = best["excess"].abs() / (best["joint_upper"] - best["joint_lower"])
    alone = _ALONE if rows["horizon"].nunique() < MIN_HORIZONS and grade is not Grade.TOO_LITTLE else ""
    return EvidenceVerdict(grade, _sentence(grade, best.iloc[int(strength.fillna(0).argmax())]) + alone)


def summarize(table: pd.DataFrame, label: object, horizon: int) -> str:
    """Return what followed days of one label at one horizon, which way they differ, and the grade of that label alone, as Markdown.

    Parameters
    ----------
    table : pandas.DataFrame
        A whole `forward_returns.evidence_table`.
    label : object
        Today's label; missing (NaN, None) where none is named.
    horizon : int
    """
    if pd.isna(label):  # type: ignore[call-overload]
        return "No regime is named, so there are no such days to look back on."
    own = table[table["label"] == label]
    rows = own[(own["horizon"] == horizon) & (own["days"] > 0)]
    if rows.empty:
        return f"No such day has a complete window of {horizon} days yet: **{Grade.TOO_LITTLE}**."
    row = rows.iloc[0]
    percent = {name: number(100 * row[name], "+z.1f") for name in ("mean", "base_mean", "lower", "upper")}
    return (
        f"After such days the return was {percent['mean']}% on average over {horizon} days, against {percent['base_mean']}% after all "
        f"days: **{_difference(row)}** (95% interval {percent['lower']} to {percent['upper']}). Over all horizons: **{assess(own).grade}**."
    )


def _difference(row: pd.Series) -> str:
    """Return which way the interval of the difference points, if it leaves out zero."""
    if row["lower"] > 0:
        return "higher than usual"
    return "lower than usual" if row["upper"] < 0 else "no clear difference"


def _sentence(grade: Grade, row: pd.Series) -> str:
    def points(name: str) -> str:
        return number(100 * row[name], "+z.1f")

    joint = f"allowing for all {row['cells']} judged cells of the table it is {points('joint_lower')} to {points('joint_upper')}"
    plain_clear = row["lower"] > 0 or row["upper"] < 0
    remark = {
        Grade.TOO_LITTLE: f" Fewer than {MIN_EPISODES} separate episodes show nothing.",
        Grade.NONE: f" That one leaves out zero, but {joint}." if plain_clear else "",
        Grade.WEAK: f" Even {joint}, but not at two horizons and in both halves of the history.",
        Grade.DEMONSTRATED: f" Even {joint}; so at another horizon too, and both halves of the history agree.",
    }
    rested = f"{counted(row['days'], 'day')} in {counted(row['episodes'], 'episode')}"
    return (
        f"{grade.value.capitalize()}: in '{row['label']}' the mean {row['horizon']}-day return was {points('mean')}% "
        f"against {points('base_mean')}% on all days, a difference of {points('excess')} points with a 95% interval "
        f"of {points('lower')} to {points('upper')} ({rested}).{remark[grade]}"
    )
