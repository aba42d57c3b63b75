import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.scoring import weights
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score

OWN = {part.name: part.weight for part in registry()}


@given(st.dictionaries(st.sampled_from(list(OWN)), st.floats(0, 100), max_size=6))
def test_what_is_written_is_read_back(drawn):
    try:
        chosen = weights.canonical(drawn)
    except SelectionError:
        return
    if chosen:
        assert weights.parse_weights(weights.format_weights(chosen)) == chosen
    else:
        assert drawn == {name: OWN[name] for name in drawn}


def test_only_what_differs_is_kept_in_the_order_of_the_registry():
    assert weights.parse_weights("policy:0,drawdown:20,momentum:10") == (("drawdown", 20.0), ("policy", 0.0))
    assert weights.format_weights((("drawdown", 0.1 + 0.2), ("policy", 0.0))) == "drawdown:0.30000000000000004,policy:0"


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, 100.5])
def test_a_weight_that_is_none_is_refused(value):
    with pytest.raises(SelectionError, match="the weight of policy is"):
        weights.canonical({"policy": value})


def test_a_weight_is_a_hundred_at_most():
    assert weights.canonical({"policy": 100.0}) == (("policy", 100.0),)
    with pytest.raises(SelectionError, match=r"the weight of policy is 100\.001; it must be 100 or less"):
        weights.canonical({"policy": 100.001})


@pytest.mark.parametrize("name", weights.PRESETS)
def test_every_preset_scores(name):
    scored = score(load_inputs("BTC-USD"), dict(weights.PRESETS[name]))
    assert scored.axes["gap"].notna().sum() > 1_000


def test_the_presets_are_what_they_say():
    used = {
        name: {part for part, value in ({**OWN, **dict(chosen)}).items() if value}
        for name, chosen in weights.PRESETS.items()
    }
    assert used["Standard"] == {name for name, weight in OWN.items() if weight}
    assert used["Equal"] == set(OWN)
    assert used["Standard"] - used["No notes"] == {"research_tone", "research_stance"}
    assert used["K33's four reasons"] == {"futures_premium", "positioning", "leverage", "support", "policy"}
    assert used["Price only"] == {"drawdown", "momentum", "downside_volatility", "value"}
    assert len({{**OWN, **dict(weights.PRESETS["Equal"])}[name] for name in OWN}) == 1
