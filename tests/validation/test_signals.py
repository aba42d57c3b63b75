from datetime import date

import pandas as pd
import pytest

from sentiment.errors import SelectionError
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.validation.signals import REGIMES, SIGNALS, evaluate, signal, signal_names
from sentiment.validation.verdict import Grade


@pytest.fixture(scope="module")
def early():
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    return inputs, score(inputs)


@pytest.mark.parametrize("name", SIGNALS)
def test_a_reading_knows_nothing_later(name, early, scores):
    before, after = (
        signal(name).labels(load_inputs("BTC-USD", until), scored)
        for until, scored in ((date(2025, 12, 2), early[1]), (None, scores))
    )
    assert before.index[-1].date() == date(2025, 12, 2)
    pd.testing.assert_series_equal(before, after.loc[before.index], check_freq=False)


def test_our_regimes_have_no_demonstrated_edge(early):
    evaluation = evaluate(*early)
    assert evaluation.verdict.grade is Grade.NONE
    assert evaluation.table["label"].unique().tolist() == [kind.value for kind in REGIMES]
    assert evaluation.table["horizon"].unique().tolist() == [7, 30, 90, 180]


def test_the_index_of_others_is_judged_in_its_own_bands(early):
    evaluation = evaluate(*early, "Alternative.me")
    assert evaluation.table["label"].unique()[0] == "24 or less"
    assert evaluation.score.max() > 90


def test_a_series_that_is_not_there_is_refused():
    with pytest.raises(SelectionError, match="there are: Regimes, Fear"):
        signal("Tea leaves")


def test_any_series_at_hand_can_be_judged_by_its_trailing_rank():
    assert "BTC=F" in signal_names()
    assert not {"CRYPTO-FEAR-GREED", "^VIX"} & set(signal_names()), "they have readings of their own"
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    evaluation = evaluate(inputs, score(inputs), "FED-FUNDS-TARGET")
    assert evaluation.title == "FED-FUNDS-TARGET by its rank among its own last two years"
    assert evaluation.score.dropna().between(0, 100).all()
    assert set(evaluation.table["label"]) <= {"25 or less", "above 25 to 50", "above 50 to 75", "above 75"}
