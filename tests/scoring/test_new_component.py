"""A new component is one file, and with weight 0 it changes no published figure. Slow: interpreters on a copy of the package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sentiment
from sentiment import files

MODULE = '''"""On trial: a component that a test adds."""

from sentiment.scoring.components import Component
from sentiment.scoring.measures import past_return


def raw(inputs):
    """Return the 7-day return with its sign turned."""
    return -past_return(inputs.closes, 7)


COMPONENT = Component(
    name="on_trial",
    title="On trial",
    axis="fear",
    weight={weight},
    meaning="The return of the last 7 days with its sign turned.",
    formula="-r_7",
    unit="fraction",
    source="closes of the asset",
    direction="a larger loss means more fear",
    raw=raw,
    display="7-day return {{:+.1%}}",
    turned=True,
)
'''
SCORES = """
import sys
from sentiment.models import Selection
from sentiment.tables import export
sys.stdout.buffer.write(export.to_csv(export.table("scores", Selection())).encode())
"""
USES = """
import json
from streamlit.testing.v1 import AppTest
from sentiment import files
from sentiment.models import Selection
from sentiment.scoring import weights
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
app = AppTest.from_file(str(files.DASHBOARD), default_timeout=120)
app.query_params["view"] = "Method"
app.session_state["unfold-what-makes-fear"] = True
app.run()
inputs = load_inputs("BTC-USD")
fear = score(inputs).axes["fear"].iloc[-1]
print(json.dumps({
    "registry": [part.name for part in registry()],
    "weights": weights.parse_weights("on_trial:5"),
    "equal": dict(weights.PRESETS["Equal"]).get("on_trial"),
    "moves": bool(fear != score(inputs, {"on_trial": 0}).axes["fear"].iloc[-1]),
    "method": [text.value for text in app.markdown if "On trial" in text.value],
}))
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of the package beside the bundled data, to which a test may add a file."""
    package = Path(sentiment.__file__).parent
    shutil.copytree(package, tmp_path / "sentiment", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (files.APP.name, "data", ".streamlit"):
        (tmp_path / name).symlink_to(files.ROOT / name)
    return tmp_path


def run(folder, script):
    environment = {**os.environ, "PYTHONPATH": str(folder), "SENTIMENT_DATA_DIR": str(folder / "saved")}
    command = [sys.executable, "-W", "ignore", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout


def add(folder, weight):
    (folder / "sentiment" / "scoring" / "components" / "on_trial.py").write_text(MODULE.format(weight=weight))


def test_a_component_of_weight_zero_changes_no_score(copy):
    before = run(copy, SCORES)
    add(copy, weight=0)
    assert run(copy, SCORES) == before
    assert before.count(b"\n") > 4_000


def test_a_component_is_found_by_scores_weights_and_method_without_another_file(copy):
    add(copy, weight=7)
    uses = json.loads(run(copy, USES).splitlines()[-1])
    assert "on_trial" in uses["registry"]
    assert uses["weights"] == [["on_trial", 5.0]]
    assert uses["equal"] == 10.0
    assert uses["moves"]
    assert uses["method"], "the Method view describes it"
