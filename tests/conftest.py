"""What several tests share: hand-sized inputs, and a browser where there is one."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from sentiment.frames import day
from sentiment.market import history
from sentiment.research.editions import Edition
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.score import score

# Tests, and the processes they start, share an empty data folder and use no network and nobody's database.
os.environ["SENTIMENT_DATA_DIR"] = tempfile.mkdtemp(prefix="sentiment-")
os.environ.pop("SENTIMENT_DATABASE_URL", None)
os.environ["SENTIMENT_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"  # Streamlit sets it in whichever test serves a page first


# A busy machine is no failure: speed is measured as a ratio, never against a clock.
settings.register_profile("steady", deadline=None, max_examples=35)  # scripts/torture tries thousands
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("steady")


_SET_BY_OTHERS = {"PYTEST_CURRENT_TEST", "_RJEM_MALLOC_CONF"}
"""Variables that pytest sets for each test, and polars when statsmodels imports it."""


def _process():
    """Return what all tests of a process share, as far as a test could change it for the next one."""
    loggers = {name: logging.getLogger(name) for name in (None, "sentiment")}
    return {
        "environment": {name: value for name, value in os.environ.items() if name not in _SET_BY_OTHERS},
        "folder": os.getcwd(),  # noqa: PTH109 - Path.cwd() is the same and slower
        "loggers": {name: (one.level, one.propagate, one.disabled) for name, one in loggers.items()},
        "signals": {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)},
    }


@pytest.fixture(autouse=True)
def _process_left_as_found():
    """Fail the test that changes the process for the next one, whichever that is.

    Streamlit's AppTest leaves its script as `__main__`, which every spawned process would run again: that is put back.
    """
    before, main = _process(), sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
    assert _process() == before


@pytest.fixture(autouse=True, scope="session")
def _components_of_streamlit_looked_for_once():
    """AppTest searches every installed distribution for components, anew for each page: that costs more than most pages."""
    with pytest.MonkeyPatch.context() as patch:
        if "streamlit.testing.v1" in sys.modules:  # collected tests use it
            from streamlit.components.v2 import manifest_scanner  # noqa: PLC0415 - it loads Streamlit

            patch.setattr(
                manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
            )
        yield


@pytest.fixture
def make():
    """Inputs from plain lists of daily values that all end on the same day."""

    def build(close, *, volume=None, notes=(), last=date(2025, 12, 31), **roles):
        index = pd.date_range(end=day(last), periods=len(close), freq="D", name="date", unit="us")
        prices = pd.DataFrame({"close": np.array(close, dtype=float)}, index=index)
        if volume is not None:
            prices["volume"] = np.array(volume, dtype=float)
        series = {role: pd.Series(np.array(values, dtype=float), index=index) for role, values in roles.items()}
        return Inputs("BTC-USD", prices, series, tuple(map(Edition, notes)))

    return build


@pytest.fixture
def empty_store(tmp_path, monkeypatch):
    """A data folder for one test alone, with no note saved in it."""
    folder = tmp_path / "saved"
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def bitcoin():
    return history.bars("BTC-USD")["close"]


@pytest.fixture(scope="session")
def index_of_others():
    return history.bars("CRYPTO-FEAR-GREED")["close"]


@pytest.fixture(scope="session")
def scores():
    return score(load_inputs("BTC-USD"))
