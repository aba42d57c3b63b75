"""What the intervals of the evidence allow to say: one grade by a printed rule, one sentence with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from sentiment.formatting import number

if TYPE_CHECKING:
    import pandas as pd

MIN_EPISODES = 10
AGREEING = 2  # horizons of a demonstrated edge
RULE = (
    f"Only horizons with at least {MIN_EPISODES} separate episodes are judged; without any: too little data. The joint "
    "interval is the 95 % interval widened until it holds for every label and horizon of the table at once. Weak: the "
    "joint interval leaves out zero at one horizon. Demonstrated: it does so at two horizons of the same label, on the "
    "same side, and there the excess has that sign in both halves of the history. Otherwise: no demonstrated edge."
)


class Grade(StrEnum):
    """What the intervals allow to say, from least to most; the text is what people read."""

    TOO_LITTLE = "too little data"
    NONE = "no demonstrated edge"
    WEAK = "weak"
    DEMONSTRATED = "demonstrated"


@dataclass(frozen=True, slots=True)
class Finding:
    """A grade and the sentence that says it with its figures."""

    grade: Grade
    sentence: str


def verdict(rows: pd.DataFrame) -> Finding:
    """Grade rows of `evidence` by `RULE` and say it in one sentence, with the figures of the row that decides.

    Parameters
    ----------
    rows : pandas.DataFrame
        All of the table, or the rows of one label or horizon: the joint intervals still answer for the whole table.

    Notes
    -----
    Of 300 simulated tables of 16 cells without any edge (eight years of independent returns, labels that last weeks)
    121 had a plain interval without zero; this rule called 24 weak and 4 demonstrated.
    """
    counted = rows[rows["days"] > 0]
    if counted.empty:
        return Finding(Grade.TOO_LITTLE, "Too little data: no labelled day has a complete window yet.")
    judged = counted[counted["episodes"] >= MIN_EPISODES]
    most = counted[counted["episodes"] == counted["episodes"].max()]
    side = np.sign(judged["excess"])
    clear = judged[(judged["joint_lower"] > 0) | (judged["joint_upper"] < 0)]
    lasting = clear[
        (np.sign(clear["first_half"]) == side[clear.index]) & (np.sign(clear["second_half"]) == side[clear.index])
    ]
    twice = lasting[lasting.groupby(["label", side[lasting.index]])["horizon"].transform("nunique") >= AGREEING]
    grade, chosen = next(
        (grade, found) for grade, found in zip(reversed(Grade), (twice, clear, judged, most), strict=True) if len(found)
    )
    strength = chosen["excess"].abs() / (chosen["joint_upper"] - chosen["joint_lower"])
    return Finding(grade, _sentence(grade, chosen.iloc[int(strength.fillna(0).argmax())]))


def brief(rows: pd.DataFrame, label: str, horizon: int) -> str:
    """Say the grade of the table in a line, with the figures of one label and horizon."""
    said = f"Such readings so far: **{verdict(rows).grade.value}**."
    mine = rows[(rows["label"] == label) & (rows["horizon"] == horizon) & (rows["days"] > 0)]
    if mine.empty:
        return said
    ends = {name: number(100 * mine.iloc[0][name], "+z.1f") for name in ("mean", "base_mean", "lower", "upper")}
    return (
        f"{said} {horizon} days after them {ends['mean']} % on average, after all days {ends['base_mean']} % "
        f"(95 % interval of the difference {ends['lower']} to {ends['upper']})."
    )


def _sentence(grade: Grade, row: pd.Series) -> str:
    def points(name: str) -> str:
        return number(100 * row[name], "+z.1f")

    joint = (
        f"allowing for all {row['cells']} cells of the table it is {points('joint_lower')} to {points('joint_upper')}"
    )
    plain_clear = row["lower"] > 0 or row["upper"] < 0
    ends = {
        Grade.TOO_LITTLE: f" Fewer than {MIN_EPISODES} separate episodes tell nothing.",
        Grade.NONE: f" That one leaves out zero, but {joint}." if plain_clear else "",
        Grade.WEAK: f" Even {joint}, but not at two horizons and in both halves of the history.",
        Grade.DEMONSTRATED: f" Even {joint}; so at another horizon too, and both halves of the history agree.",
    }
    return (
        f"{grade.value.capitalize()}: in '{row['label']}' the mean {row['horizon']}-day return was {points('mean')} % "
        f"against {points('base_mean')} % on all days, a difference of {points('excess')} points with a 95 % interval "
        f"of {points('lower')} to {points('upper')} ({row['days']:,} days in {row['episodes']} episodes).{ends[grade]}"
    )
