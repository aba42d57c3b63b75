from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from histories import daily, moods

from sentiment.validation.forward_returns import bands, evidence_table
from sentiment.validation.verdict import MIN_EPISODES, RULE, Grade, assess, summarize


def test_the_sentence_has_the_figures(bitcoin, index_of_others):
    table = evidence_table(bitcoin, bands(index_of_others, [24]), (30,))
    text = assess(table[table["label"] == "24 or less"]).sentence
    assert "in '24 or less' the mean 30-day return was +3.2% against +3.9% on all" in text
    assert "a difference of −0.7 points" in text
    assert "(679 days in 14 episodes)." in text
    longer = evidence_table(bitcoin, bands(index_of_others, [24]), (90,))
    text = assess(longer[longer["label"] == "24 or less"]).sentence
    assert text.startswith("Too little data: in '24 or less' the mean 90-day return was +2.4% against +13.8% on all")
    assert text.endswith("(674 days in 6 episodes). Fewer than 10 separate episodes show nothing.")


def test_an_edge_that_is_there_is_found():
    labels = moods(2900, 8)
    drift = np.where((labels == "fear").to_numpy(), 0.012, -0.004)
    close = daily(100 * np.exp(np.cumsum(np.r_[0, drift[:-1]] + np.random.default_rng(9).normal(0, 0.02, 2900))))
    verdict = assess(evidence_table(close, labels, (2, 7, 14)))
    assert verdict.grade is Grade.DEMONSTRATED
    assert "in 'fear'" in verdict.sentence
    assert "both halves of the history agree" in verdict.sentence


def rows(*changes):
    names = ("horizon", "days", "episodes", "mean", "base_mean", "excess", "first_half", "second_half", "cells")
    ends = {"lower": 0.01, "upper": 0.07, "joint_lower": 0.005, "joint_upper": 0.075}
    base = {**dict(zip(names, (30, 400, 20, 0.05, 0.01, 0.04, 0.03, 0.05, 12), strict=True)), **ends, "label": "fear"}
    return pd.DataFrame([{**base, **change} for change in changes])


AGAIN = {"horizon": 90}
WIDE = {"joint_lower": -0.01, "joint_upper": 0.09}


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ([{}, AGAIN], Grade.DEMONSTRATED),
        ([{}], Grade.WEAK),
        ([{}, {**AGAIN, "label": "calm"}], Grade.WEAK),
        ([{}, {**AGAIN, "first_half": -0.01}], Grade.WEAK),
        ([{}, {**AGAIN, "second_half": np.nan}], Grade.WEAK),
        ([{}, {**AGAIN, "episodes": MIN_EPISODES - 1}], Grade.WEAK),
        ([WIDE, {**AGAIN, **WIDE}], Grade.NONE),
        ([{"episodes": MIN_EPISODES - 1}, {**AGAIN, "episodes": 2}], Grade.TOO_LITTLE),
    ],
)
def test_the_rule_decides(changes, grade):
    verdict = assess(rows(*changes).set_axis(range(7, 7 + len(changes))))
    assert verdict.grade is grade
    assert verdict.sentence.startswith(grade.value.capitalize())


def test_a_plain_interval_without_zero_is_not_hushed_up():
    text = assess(rows(WIDE)).sentence
    assert "leaves out zero, but allowing for all 12 judged cells of the table it is −1.0 to +9.0." in text


def test_one_horizon_alone_says_that_it_is_weak_at_best():
    alone = "One horizon alone is weak at best: a demonstrated edge takes two."
    assert assess(rows(WIDE)).sentence.endswith(alone)
    assert alone not in assess(rows(WIDE, WIDE | {"horizon": 90})).sentence


def test_the_rule_names_every_grade_and_its_number():
    assert all(grade.value in RULE.lower() for grade in Grade)
    assert str(MIN_EPISODES) in RULE


def test_a_line_has_the_figures_of_one_label_and_horizon_and_which_way_they_differ():
    assert summarize(rows({}), "fear", 30) == (
        "After such days the return was +5.0% on average over 30 days, against +1.0% after all days: **higher than usual** (95% interval "
        "+1.0 to +7.0). Over all horizons: **weak**."
    )
    less = summarize(rows({"excess": -0.04, "mean": -0.03, "lower": -0.07, "upper": -0.01}), "fear", 30)
    assert "was −3.0% on average over 30 days, against +1.0% after all days: **lower than usual**" in less
    unclear = summarize(rows({"excess": -0.04, "mean": -0.03, "lower": -0.07, **WIDE}), "fear", 30)
    assert "**no clear difference**" in unclear
    assert unclear.endswith("**no demonstrated edge**.")


def test_a_line_never_borrows_the_grade_of_another_label():
    table = rows(WIDE, {**WIDE, **AGAIN}, {"label": "calm"}, {"label": "calm", **AGAIN}).assign(days=400)
    assert assess(table).grade is Grade.DEMONSTRATED
    assert summarize(table, "fear", 30).endswith("**no demonstrated edge**.")
    assert summarize(table, "calm", 30).endswith("**demonstrated**.")


@pytest.mark.parametrize("missing", [np.nan, None])
def test_a_line_without_a_regime_or_a_window_says_so(missing):
    assert summarize(rows({}), missing, 30) == "No regime is named, so there are no such days to look back on."
    unseen = "No such day has a complete window of 30 days yet: **too little data**."
    assert summarize(rows({}), "calm", 30) == unseen
    assert summarize(rows({"days": 0}), "fear", 30) == unseen
    assert summarize(rows({})[:0], "fear", 30) == unseen


def test_one_day_in_one_episode_is_singular():
    assert "(1 day in 1 episode)." in assess(rows({"days": 1, "episodes": 1})).sentence


def test_ten_episodes_are_judged_and_nine_are_not():
    assert assess(rows({"episodes": 10})).grade is Grade.WEAK
    assert assess(rows({"episodes": 9})).grade is Grade.TOO_LITTLE
