import numpy as np
import pandas as pd
import pytest
from histories import daily, moods, walk

from sentiment.charts import evidence_charts
from sentiment.validation.comparison import compare
from sentiment.validation.event_study import event_paths
from sentiment.validation.forward_returns import evidence_by_era, evidence_table


@pytest.fixture(scope="module")
def table():
    return evidence_table(walk(900, 1), moods(900, 2), (7, 30))


def test_every_cell_has_its_point_and_both_intervals(table):
    figure = evidence_charts.excess(table, "horizon")
    points = [trace for trace in figure.data if trace.mode == "markers"]
    expected = table.sort_values(["horizon"], kind="stable")
    assert [point.x[0] for point in points] == pytest.approx((100 * expected["excess"]).tolist())
    lines = [trace.x for trace in figure.data if trace.mode == "lines"]
    several = expected[expected["episodes"] > 1]
    assert 0 < len(several) < len(expected)
    for line, (low, high) in zip(lines[1::2], several[["lower", "upper"]].to_numpy(), strict=True):
        assert line == pytest.approx((100 * low, 100 * high))
    labels = [note.text for note in figure.layout.annotations]
    assert labels.count("fear") == 2
    assert {"7 days", "30 days"} <= set(labels)


def test_the_text_counts_the_intervals_without_zero(table):
    moved = table.assign(episodes=10, lower=0.1, upper=0.2, joint_lower=-0.1, joint_upper=0.3)
    assert "6 of 6 leave out zero. Thin" in evidence_charts.excess_text(moved)
    clear = moved.assign(joint_lower=0.1, episodes=[9, 10, 9, 10, 10, 10])
    assert "all that are judged, 4 of 4 leave out zero." in evidence_charts.excess_text(clear)
    assert evidence_charts.excess_text(moved).endswith("0 of 6 leave out zero.")
    assert evidence_charts.excess_text(moved.assign(episodes=[9, 10, 9, 10, 10, 10])).endswith("not judged (2 of 6).")


def test_regimes_have_one_order_and_other_labels_their_own(table):
    regimes = pd.Series(["in balance", "fear outweighs fundamentals", "complacent", "in balance"])
    assert evidence_charts.in_order(regimes) == ["complacent", "in balance", "fear outweighs fundamentals"]
    assert evidence_charts.in_order(table["label"]) == list(dict.fromkeys(table["label"]))


def test_eras_are_panels():
    table = evidence_by_era(walk(900, 1), moods(900, 2), (7,))
    labels = [note.text for note in evidence_charts.excess(table, "era").layout.annotations]
    assert "2020-01-01 to 2020-05-10" in labels


def test_an_era_is_judged_by_episodes_and_by_all_cells():
    table = evidence_by_era(walk(900, 1), moods(900, 2), (7,))
    some = table.assign(cells=6, lower=0.1, joint_lower=-0.1, joint_upper=0.1, episodes=[9, 10, 11, 9, 2, 1])
    assert evidence_charts.eras_text(some, 7).endswith(
        "2 of 6 have at least 10 separate episodes and are judged; the others are hollow and show nothing. Of those judged, 2 "
        "leave out zero by their 95% interval (thick) and 0 by the interval widened for looking at every era, reading and "
        "horizon, 6 judged cells in all (thin). One episode alone is drawn without its interval."
    )
    assert "the eras show nothing" in evidence_charts.eras_text(some.assign(episodes=9), 7)
    both = some.assign(joint_lower=0.05)
    for table, told in ((some, "none of the 2 readings"), (both, "2 of the 2 readings")):
        leaves = "leave" if told.startswith("2") else "leaves"
        assert evidence_charts.eras_finding(table, 7) == (
            f"7 days ahead {told} of an era with 10 separate episodes {leaves} out zero, after allowing for how many were tested."
        )
    points = [trace.marker.symbol for trace in evidence_charts.excess(some, "era").data if trace.mode == "markers"]
    assert points == ["circle-open", None, None, "circle-open", "circle-open", "circle-open"]


def test_paths_are_drawn_each_and_as_a_band():
    study = event_paths(daily(2.0 ** np.arange(18)), daily(list("aaxxaxaaaaxxxxxa")), "a", 3)
    figure = evidence_charts.event_study(study, "a")
    assert list(figure.data[0].y) == [0, 100, 300, 700, None] * 2
    assert list(figure.data[3].y) == [0, 100, 300, 700]
    assert evidence_charts.event_study_text(study, "a").startswith("**A**: 2 entries, median +700% after 3 days")
    nothing = event_paths(daily(2.0 ** np.arange(18)), daily(list("xx")), "a", 3)
    assert "no entry has a complete path" in evidence_charts.event_study_text(nothing, "a")


def test_the_comparison_says_who_moves_first():
    ahead = daily(50 + 10 * np.sin(np.random.default_rng(1).normal(0, 1, 400).cumsum()))
    comparison = compare(ahead, ahead.shift(4))
    assert "with x 4 days after fear (1.00)" in evidence_charts.comparison_text(comparison, "x")
    assert "with fear 4 days after x" in evidence_charts.comparison_text(compare(ahead.shift(4), ahead), "x")
    assert "on the same day" in evidence_charts.comparison_text(compare(ahead, ahead), "x")
    assert "too few days" in evidence_charts.comparison_text(compare(ahead.iloc[:50], ahead), "x")
    assert list(evidence_charts.lead_lag(comparison).data[0].x) == list(range(-30, 31))
    both = pd.DataFrame({"fear": ahead, "other": ahead.shift(4)})
    assert evidence_charts.two_series(both, "x").data[1].name == "fear"


def test_the_band_is_drawn_and_counted():
    band = pd.DataFrame({"gap": daily([10.0, 30, np.nan]), "lower": -5.0, "upper": 40.0, "changed": [0.2, 0.6, np.nan]})
    figure = evidence_charts.weight_band(band)
    assert list(figure.data[2].y)[:2] == [10, 30]
    text = evidence_charts.weight_band_text(band)
    assert "on an average day 40% give another regime or none; on 50% of the days most do" in text
    assert evidence_charts.weight_band_text(band.iloc[2:]) == "No day of the range has a gap."
