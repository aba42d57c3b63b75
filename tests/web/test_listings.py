"""New and dead listings: what is known of them is said, and they do not compete with today's readings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import command_line
import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from utc_day import today

from sentiment import files
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store, history
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.ranking import ended, widest_gap_first
from sentiment.scoring.score import score, unranked
from sentiment.universe import batch, request
from sentiment.web import report


def save(symbol, last, days, close=lambda n: 100 + 10 * np.sin(n / 9)):
    now = datetime.now(UTC)
    index = pd.date_range(end=str(last), periods=days, tz="UTC", name="date").as_unit("us")
    rows = {**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": close(np.arange(days)), "volume": 1.0 + np.arange(days) % 7}
    bar_store.append(
        symbol, pd.DataFrame(rows, index=index), now, bar_store.Facts(now, now, "UTC", "CRYPTOCURRENCY", "USD")
    )


@pytest.fixture
def listings(empty_store):
    """A listing that ended four years ago with a wide gap, one of 147 days, and two of today."""
    assert not empty_store.exists()
    save("FB", today() - timedelta(days=4 * 366), 1_700, lambda n: 300 * np.exp(-n / 900))
    save("NEW-USD", today() - timedelta(days=1), 107)
    save("OLD-USD", today() - timedelta(days=1), 1_700)
    save("HOLIDAY", today() - timedelta(days=6), 1_700)


def page(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.session_state["unfold-what-makes-fear"] = True
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def words(app):
    return "\n".join(str(element.value) for element in [*app.header, *app.caption, *app.markdown])


@pytest.mark.usefixtures("listings")
def test_a_dead_listing_stands_apart_on_the_page(monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "FB, OLD-USD, HOLIDAY, NEW-USD")
    app = page(view="Universe", asset="OLD-USD")
    apart = next(place for place, one in enumerate(app.caption) if "stands apart" in one.value)
    assert "FB 4 years" in app.caption[apart].value
    rows = [button.label for button in app.button if str(button.key).startswith("open-")]
    assert len(rows) == 4
    assert "FB" in rows[-1], "it stands last, whatever its gap"
    assert "FB" not in app.header[0].value


@pytest.mark.usefixtures("listings")
def test_a_dead_listing_is_last_in_the_ranking_file_whatever_its_gap(tmp_path):
    asked = request.UniverseRequest(("FB", "HOLIDAY", "OLD-USD"))
    result = batch.run(asked, tmp_path / "out")
    assert result.ranking["asset"].tolist()[-1] == "FB"
    assert result.ranking["days_behind"].tolist()[-1] == 4 * 366 - 1
    lines = (tmp_path / "out" / "ranking.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(",days_behind")
    assert lines[-1].startswith("FB,")


def test_the_order_is_the_widest_gap_first_and_the_ended_last():
    rows = pd.DataFrame(
        {
            "asset": ["dead", "b", "thin", "a", "week", "none"],
            "as_of": [date(2022, 6, 8), *[date(2026, 1, 9)] * 3, date(2026, 1, 2), date(2026, 1, 9)],
            "gap": [-90.0, 10.0, 80.0, -10.0, 40.0, np.nan],
            "regime": ["complacent", "in balance", None, "in balance", "in balance", None],
        }
    )
    ranked = widest_gap_first(rows)
    assert ranked["asset"].tolist() == ["week", "a", "b", "thin", "none", "dead"], "thin rests on too little"
    assert ended(ranked).tolist() == [False] * 5 + [True]


@pytest.mark.usefixtures("listings")
def test_the_headline_tells_the_age_of_an_old_last_bar_on_page_command_line_and_report():
    assert page(asset="FB").header[0].value.endswith("Last price 4 years ago.")
    assert command_line.run("score", "FB").stdout.decode().splitlines()[0].endswith("Last price 4 years ago.")
    assert "Last price 4 years ago." in report.html(Selection(asset="FB"), "http://h/")
    assert "Last price" not in page(asset="OLD-USD").header[0].value
    assert "Last price" not in page(asset="FB", as_of=str(today() - timedelta(days=4 * 366 + 30))).header[0].value
    assert history.stale_days("HOLIDAY", today() - timedelta(days=6), None) is None


@pytest.mark.usefixtures("listings")
def test_a_short_history_says_how_many_days_are_known_everywhere():
    scored = score(load_inputs("NEW-USD"))
    known = int(scored.raw["momentum"].count())
    assert 0 < known < 107
    assert unranked(scored)["momentum"] == f"{known} of 365 days"
    assert unranked(scored)["value"] == "no data"
    says = f"{known} of 365 days"
    app = page(asset="NEW-USD")
    assert f"{says} for " in words(app)
    assert any("30-day return" in html.proto.body and says in html.proto.body for html in app.get("html"))
    assert f"no rank yet: {says} are known" in words(page(asset="NEW-USD", view="Method"))
    assert says in report.html(Selection(asset="NEW-USD"), "http://h/")
    line = next(
        line for line in command_line.run("score", "NEW-USD").stdout.decode().splitlines() if "Momentum" in line
    )
    assert says in line
    assert "30-day return" in line


@pytest.mark.usefixtures("empty_store")
def test_a_tiny_price_is_shown_in_plain_digits(monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "PEPE-USD")
    save("PEPE-USD", today() - timedelta(days=1), 500, lambda n: 1.5e-7 * (2 + np.sin(n / 9)))
    for view in ("Today", "Watchlist", "Research"):
        app = page(asset="PEPE-USD", view=view)
        assert "e-0" not in words(app)
        assert not any("e-0" in html.proto.body for html in app.get("html"))
        for chart in app.get("plotly_chart"):
            assert '"tickformat":"~s"' not in chart.proto.spec
    assert "e-0" not in report.html(Selection(asset="PEPE-USD"), "http://h/").split("<script")[0]
