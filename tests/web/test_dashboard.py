"""The page's behaviour without a browser: what it says for a link, a choice, a bad link."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime

import golden
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files, frames
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import assets, bar_store, history
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import headline, score
from sentiment.validation import coverage
from sentiment.validation.signals import SIGNALS
from sentiment.web import links, sentences


def page(*, unfolded=(), **query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for section in unfolded:
        app.session_state[f"unfold-{section}"] = True
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


PARTS = ("what-makes-fear", "what-makes-fundamentals")


def words(app):
    shown = [*app.header, *app.subheader, *app.caption, *app.markdown, *app.info, *app.warning]
    return "\n".join(str(element.value) for element in shown)


def test_the_first_screen_answers_in_a_sentence():
    app = page()
    assert app.header[0].value.startswith(golden.LATEST)
    assert "In 30 days: price +4.3%, fear +19, justified −7." in words(app)
    assert "4 of 8 parts of fear and 4 of 5 parts of fundamentals are known" in words(app)
    assert "not advice" in words(app)
    assert "**Fear** rests on 50% of the weight that applies; no data for" in words(app)
    assert len(app.get("plotly_chart")) == 1
    drawn = [html.proto.body for html in app.get("html") if 'class="parts"' in html.proto.body]
    assert [body.count("<li>") for body in drawn] == [8, 7]


def test_a_session_that_began_as_one_chart_stays_one():
    app = page(chart="fear", embed="true")
    for change in ({"view": "Inbox"}, {"chart": "nonsense"}, {}):
        app.query_params.clear()
        app.query_params.update(change)
        for name, value in {
            "chart": None,
            "view": "Inbox",
            "next_choices": {"view": "Inbox", "chart": None},
        }.items():
            app.session_state[name] = value
        app.run()
        assert len(app.get("plotly_chart")) == 1
        assert not [*app.header, *app.button, *app.text_area, *app.text_input, *app.selectbox]


def test_a_link_restores_the_screen():
    app = page(range="1Y", as_of="2025-12-02", log="false")
    assert app.header[0].value.startswith(golden.DECEMBER)
    assert app.date_input[0].value == date(2025, 12, 2)
    assert not app.toggle[0].value
    assert "As it was known at the end of 2 Dec 2025" in words(app)


def test_the_dumbbell_shows_the_reading_and_those_of_a_week_and_a_month_before():
    (drawn,) = [
        html.proto.body for html in page(as_of="2025-12-02").get("html") if 'class="dumbbell"' in html.proto.body
    ]
    assert (
        'aria-label="On a scale from 0 (calm) to 100 (extreme fear): fear 76, justified 24; a week before: fear 79, justified 30; '
        'a month before: fear 67, justified 24."'
    ) in drawn
    assert ">+52</b>" in drawn


def test_an_as_of_date_hides_all_that_came_later():
    for view in links.VIEWS:
        app = page(as_of="2025-12-10", view=view)
        simulated = coverage.caption(coverage.measured())  # when the method was tried, which is no figure of the day
        assert "2026" not in words(app).replace(simulated, ""), view
    for view in ("Today", "Research"):
        app = page(as_of="2025-12-10", view=view)
        assert "2026" not in words(app)
        assert "miss" not in words(app).replace("missing", "").replace("0 misses", "").lower()
        assert ("pending" in words(app)) == (view in {"Today", "Research"})


def test_the_research_view_shows_what_became_of_the_call():
    app = page(view="Research", note="k33-2025-12-02")
    text = words(app)
    assert "**✕ Miss**" in text
    assert "Reference: **91,350 on 2 Dec 2025**" in text
    assert "Return: **−4.2%**" in text
    assert "Worst and best for a follower, to the horizon: **−6.4%, +2.4%**" in text
    assert "Base rate: **58% of equally long stretches before" in text


@pytest.mark.parametrize("note", ["goplus-2025-10", "putin-2018-06-07", "k33-2025-11-18"])
def test_every_kind_of_note_is_shown(note):
    assert page(view="Research", note=note).selectbox(key="note").value == note


def test_a_note_that_is_not_out_yet_is_not_shown():
    app = page(view="Research", note="k33-2025-12-02", as_of="2025-12-01")
    assert "The note k33-2025-12-02 is not among these: it was not published yet" in words(app)
    assert "December could be the turn" not in words(app)


def test_a_day_before_any_note_has_an_empty_state():
    app = page(view="Research", as_of="2016-01-01")
    assert "No note was published by 1 Jan 2016." in words(app)
    assert "No note about BTC-USD" in words(page(as_of="2016-01-01"))


def test_a_day_with_too_few_figures_says_so():
    app = page(as_of="2015-01-01")
    assert "too little data" in app.header[0].value
    assert not any('class="dot' in html.proto.body for html in app.get("html"))


def test_an_asset_whose_fundamentals_are_not_known_shows_fear_alone():
    app = page(asset="EURUSD=X", as_of="2026-10-30")
    said = "fear 75; no part of fundamentals is known to set it against."
    assert said in app.header[0].value
    drawn = next(html.proto.body for html in app.get("html") if 'class="dumbbell"' in html.proto.body)
    assert "fear 75; a week before: fear 76" in drawn
    assert "ring" not in drawn
    assert "No regime is named, so there are no such days to look back on." in words(app)
    assert "No part of fundamentals is known on this day." in words(app)


def test_garbage_in_every_parameter_shows_the_page_and_says_what_was_wrong():
    app = page(view="x", range="7Y", as_of="1999-01-01", zoom="all", log="maybe", note="zz", color="red")
    assert app.header[0].value.startswith(golden.LATEST)
    assert len(app.warning) == 7


def test_an_asset_that_is_not_here_is_never_shown_under_another_ones_figures():
    for query in ({}, {"view": "Evidence"}, {"chart": "timeline", "embed": "true"}):
        app = page(asset="DOGE", **query)
        shown = words(app).replace("\\", "")
        assert "o prices of 'DOGE' are saved here" in shown
        assert "Bitcoin" not in shown
        assert not app.get("plotly_chart")
    app = page(asset="DOGE", range="1Y")
    assert "This server is set to use no network" in words(app)
    next(button for button in app.button if button.label == "Show BTC-USD").click().run()
    assert app.header[0].value.startswith(golden.LATEST)
    assert not app.warning
    assert "cannot be the ticker" in words(page(asset="no such thing"))


def test_the_day_is_stepped_and_a_click_on_the_chart_chooses_it():
    app = page(as_of="2025-12-02")
    app.button(key="step-day-before").click().run()
    assert app.date_input[0].value == date(2025, 12, 1)
    app.button(key="step-day-after").click().run()
    app.button(key="step-day-after").click().run()
    assert app.date_input[0].value == date(2025, 12, 3)
    weekend = page(asset="SPY", as_of="2025-12-08")
    weekend.button(key="step-day-before").click().run()
    assert weekend.date_input[0].value == date(2025, 12, 5)
    latest = page()
    latest.button(key="step-day-before").click().run()
    assert latest.date_input[0].value == date(2026, 10, 2)


def test_a_zoom_stays_until_the_whole_range_is_asked_for():
    def shown():
        return next(str(one.value).partition(":")[0] for one in app.caption if str(one.value).startswith("Price from"))

    app = page(zoom="2025-03-01~2025-06-30")
    zoomed = "Price from 1 Mar 2025 to 30 Jun 2025"
    assert shown() == zoomed
    assert not any("a mark to read the note" in str(one.value) for one in app.caption)  # none is in sight
    assert all("zoom=2025-03-01~2025-06-30" in code.value for code in app.code)
    app.button(key="step-day-before").click().run()
    assert shown() == zoomed
    app.session_state["view"] = "Evidence"
    app.run()
    assert not any("zoom" in code.value for code in app.code)
    app.session_state["view"] = "Today"
    app.run()
    assert shown() == zoomed
    app.button(key="reset-zoom").click().run()
    assert shown() == "Price from 3 Oct 2024 to 2 Oct 2026"
    assert "reset-zoom" not in [button.key for button in app.button]
    app.session_state["zoom"] = date(2025, 3, 1), date(2025, 6, 30)
    app.run()
    app.segmented_control(key="range").set_value("1Y").run()
    assert shown() == "Price from 3 Oct 2025 to 2 Oct 2026"
    app = page(zoom="2025-03-01~2025-06-30", as_of="2025-03-02")
    assert shown() == "Price from 1 Mar 2025 to 2 Mar 2025"
    app.button(key="step-day-before").click().run()
    assert shown() == "Price from 3 Mar 2023 to 1 Mar 2025"  # no day of the zoom is left
    app = page(zoom="2019-03-01~2019-06-30", range="3M")
    assert shown() == "Price from 1 Mar 2019 to 30 Jun 2019"


def test_what_is_folded_is_not_worked_out_until_it_is_opened():
    assert len(page(view="Evidence").get("plotly_chart")) == 1
    assert len(page(view="Method").get("plotly_chart")) == 0
    app = page(view="Evidence", unfolded=["where-is-the-market-now"])
    assert len(app.get("plotly_chart")) == 2
    for word in sentences.GLOSSARY:
        assert f"**{word.capitalize()}**: " in words(page(view="Method", unfolded=["what-do-the-words-mean"]))
        assert f"**{word.capitalize()}**: " in words(page())


def test_show_the_latest_day_leaves_the_past():
    app = page(as_of="2025-12-02")
    next(button for button in app.button if button.label == "Go live").click().run()
    assert app.header[0].value.startswith(golden.LATEST)


def test_reading_a_note_from_the_overview_opens_it():
    app = page(as_of="2025-12-02")
    app.button(key="open-k33-2025-11-25").click().run()
    assert app.selectbox(key="note").value == "k33-2025-11-25"
    assert "A strong relative buy" in words(app)


def test_both_links_are_offered_and_the_pinned_one_names_its_day():
    app = page(range="1Y")
    assert app.code[0].value.endswith("?range=1Y")
    assert "?range=1Y&as_of=2026-10-03&known_at=20" in app.code[1].value


def test_the_data_view_says_where_every_series_comes_from():
    app = page(view="Data")
    assert "BTC-USD rests on 6 series: none fetched, 6 bundled" in words(app)
    assert "SENTIMENT_OFFLINE=1" in words(app)
    assert app.dataframe[0].value["Series"].tolist() == [
        "BTC-USD", "BTC=F", "^VIX", "FED-FUNDS-TARGET", "BTC-FUNDING", "BTC-CME-POSITIONS",
    ]  # fmt: skip


def test_an_instant_in_the_link_is_kept_said_and_left():
    app = page(known_at="2026-10-04T12:00:00Z")
    assert "Prices as they were saved by 2026-10-04 12:00:00 UTC" in words(app)
    assert app.code[0].value.endswith("known_at=2026-10-04T12:00:00Z&method=3")
    next(button for button in app.button if button.label == "Go live").click().run()
    assert "as they were saved by" not in words(app)


def test_what_a_link_says_is_shown_and_never_read_as_markdown():
    app = page(note="[x](http://example.org)")
    assert "\\[x\\]\\(http\\:\u2060\\/\\/example\\.org\\)" in app.warning[0].value


def test_a_problem_of_the_link_goes_with_the_next_choice():
    app = page(range="9Y")
    assert len(app.warning) == 1
    app.toggle[0].set_value(False).run()
    assert len(app.warning) == 0


def test_damaged_saved_prices_are_reported_and_the_page_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    (tmp_path / "bars").mkdir()
    (tmp_path / "bars" / "BTC-USD.parquet").write_bytes(b"PAR1 not really")
    app = page()
    assert "the saved prices cannot be read and were set aside" in app.warning[0].value.replace("\\", "")
    assert app.header[0].value.startswith(golden.LATEST)
    assert [path.name for path in (tmp_path / "bars").glob("*damaged*")]


def test_a_day_that_goes_while_the_page_is_drawn_leaves_the_last_one_that_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    now = datetime.now(UTC)
    index = pd.date_range("2025-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 100.0}, index=index)
    bar_store.append("BTC-USD", frame, now, bar_store.Facts(now, now, "UTC", "CRYPTOCURRENCY", "USD"))
    saved = (tmp_path / "bars" / "BTC-USD.parquet").read_bytes()
    resolve_day = history.resolve_day

    def resolve_and_lose(*parameters):
        resolved = resolve_day(*parameters)
        (tmp_path / "bars" / "BTC-USD.parquet").unlink(missing_ok=True)
        return resolved

    monkeypatch.setattr(history, "resolve_day", resolve_and_lose)
    app = page()
    assert not app.error
    assert app.header[0].value.startswith(golden.LATEST)
    (tmp_path / "bars" / "BTC-USD.parquet").write_bytes(saved)
    app.run()
    assert not app.error, "the same day was lost again"
    assert app.header[0].value.startswith(golden.LATEST)


def test_the_first_screen_says_what_such_readings_were_worth_and_opens_the_evidence():
    app = page(as_of="2025-12-02")
    text = words(app)
    assert re.search(
        r"After such days the return was [+−]\d+\.\d% on average over 30 days, against [+−]\d+\.\d% after all days: \*\*no clear difference\*\*",
        text,
    )
    assert "Over all horizons: **too little data**." in text
    next(button for button in app.button if button.label == "Evidence").click().run()
    assert not app.exception
    assert "**No demonstrated edge: in '" in words(app)


def test_the_evidence_view_judges_the_series_and_horizon_of_the_link():
    app = page(view="Evidence", series="Alternative.me", horizon="90", unfolded=["what-are-the-figures"])
    text = words(app)
    assert "Judged: alternative.me's index in its bands" in text
    assert "At 90 days alone: too little data: in '24 or less'" in text
    assert app.dataframe[0].value["Reading"].tolist()[0] == "24 or less"
    assert app.dataframe[0].value["Mean"].tolist()[0] == "+2.4%"
    assert app.code[0].value.endswith("?view=Evidence&series=Alternative.me&horizon=90")


@pytest.mark.parametrize("series", SIGNALS)
@pytest.mark.parametrize("as_of", ["2015-01-01", "2018-03-01"])
def test_too_little_data_is_said_and_not_drawn(series, as_of):
    text = words(page(view="Evidence", series=series, horizon="180", as_of=as_of))
    assert "too little data" in text.lower()
    assert "nan" not in text


@pytest.mark.parametrize(
    ("view", "unfolded", "said"),
    [
        ("Weights", [], "No day of the range has a gap."),
        ("Evidence", ["where-is-the-market-now"], "No week of the last half year has both fear and fundamentals."),
    ],
)
def test_a_chart_of_nothing_is_not_drawn(view, unfolded, said):
    app = page(view=view, as_of="2015-03-01", unfolded=unfolded)
    assert said in words(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("as_of", ["2026-10-03", "2015-01-01"])
def test_the_method_documents_every_part(as_of):
    app = page(view="Method", as_of=as_of, unfolded=PARTS)
    text, formulas = words(app), "\n".join(formula.value for formula in app.latex)
    for part in registry():
        applying = {other.name: other.weight if other.applies_to("bitcoin") else 0 for other in registry()}
        whole = sum(applying[other.name] for other in registry() if other.axis == part.axis)
        assert f"**{part.title}**, weight {applying[part.name]:g} of {whole:g}" in text
        for words_of_part in (part.meaning, part.unit, part.source, part.direction):
            assert words_of_part, part.name
            assert words_of_part in text, part.name
        assert part.formula in formulas
        assert part.formula, part.name


def test_the_method_shows_the_current_value_its_rank_and_what_it_resembles():
    app = page(view="Method", as_of="2025-12-02", unfolded=[*PARTS, "which-data-are-behind-it"])
    text = words(app)
    assert "On 2 Dec 2025: 2.26% a day, rank 88. Since 4 Dec 2023: between 0.40% and 2.87% a day." in text
    assert "On 2 Dec 2025: rate change −0.50%, scaled to 75" in text
    assert "+1.00% counts as 0, −1.00% as 100" in text
    assert "scaled to 38" in text
    assert "most with drawdown (+" in text
    known = score(load_inputs("BTC-USD", date(2025, 12, 2))).raw.notna().any()
    assert len(app.get("plotly_chart")) == known.sum() >= 13
    assert app.table[0].value["Series"].tolist()[0] == "Bitcoin"


def test_the_method_shows_how_often_the_intervals_hold():
    app = page(view="Method", unfolded=["how-sure-is-the-evidence"])
    shown, found = app.dataframe[0].value, coverage.measured()
    assert shown["Simulated world"].tolist() == [row["world"] for row in found.rows]
    assert shown["30 days"].tolist()[0] == f"{found.rows[0]['30']:.1%}"
    assert f"{found.tables} tables per world, measured on" in words(app)


@pytest.mark.parametrize("view", ["Today", "Evidence", "Weights"])
def test_the_seed_of_an_old_link_is_taken_and_changes_nothing(view):
    plain, seeded = (page(view=view, **more) for more in ({}, {"seed": "7"}))
    assert not seeded.warning
    assert words(seeded) == words(plain)


def test_a_pinned_screen_names_the_same_source_in_method_and_footer(empty_store):
    assert not empty_store.exists()
    now = datetime(2026, 10, 21, tzinfo=UTC)
    index = pd.date_range("2024-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(frames.PRICE_COLUMNS, 0.0), "close": 100.0}, index=index)
    bar_store.append("BTC-USD", frame, now, bar_store.Facts(now, now, "UTC", "CRYPTOCURRENCY", "USD"))
    for known_at, source in (("2026-10-20T00:00:00Z", "bundled figures"), ("2026-10-22T00:00:00Z", "Yahoo")):
        text = words(page(view="Method", known_at=known_at, unfolded=["which-data-are-behind-it"]))
        assert f"From {source}. " in text
        assert f"Source: {source}. " in text


def test_prices_that_are_not_believed_are_told_on_every_screen_of_their_asset_but_pinned_ones(empty_store):
    assert not empty_store.exists()
    now = datetime(2026, 10, 21, tzinfo=UTC)
    index = pd.date_range("2026-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(frames.PRICE_COLUMNS, 0.0), "close": 100.0}, index=index)
    why = "231 bars from 2025-01-01 to 2025-08-19 (not restated by the split of 20:1 on 2025-08-20)"
    facts = bar_store.Facts(now, now, "UTC", "EQUITY", "USD", held_back=why)
    bar_store.append("ACME", frame, now, facts)
    told = f"ACME: Yahoo contradicts itself, so some of its prices are not scored: {why}. Every refresh asks for them again."
    for view in ("Today", "Evidence", "Data"):
        assert told in [warning.value.replace("\\", "") for warning in page(asset="ACME", view=view).warning]
    assert not page(asset="ACME", known_at="2026-10-22T00:00:00Z", method="3").warning
    assert not page().warning


def test_the_weights_of_a_link_are_followed_by_every_view():
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    expected = headline(score(inputs, {"drawdown": 20, "policy": 0}), assets.asset("BTC-USD"))
    for view in [view for view in links.VIEWS if view != "Alerts"]:  # they are by the standard weights, and say so
        app = page(view=view, as_of="2025-12-02", weights="drawdown:20,policy:0")
        if view == "Watchlist":
            assert app.header[0].value.startswith(
                "On 2 Dec 2025 fear outweighs fundamentals for Bitcoin; 3 are in balance"
            )
        else:
            assert app.header[0].value == expected
        assert "With your own weights: drawdown 20, policy 0." in words(app)
        assert "weights=drawdown:20,policy:0" in app.code[0].value
    next(button for button in app.button if button.label == "Standard weights").click().run()
    assert app.header[0].value == headline(score(inputs), assets.asset("BTC-USD"))
    assert "With your own weights" not in words(app)


def test_a_typed_weight_and_a_preset_change_the_figures():
    app = page(view="Weights", as_of="2025-12-02")
    before = app.metric[2].value
    assert app.number_input(key="weight-policy").value == 25
    app.number_input(key="weight-drawdown").set_value(0.0).run()
    assert "weights=drawdown:0" in app.code[0].value
    assert app.metric[2].value != before
    app.button(key="preset-K33's four reasons").click().run()
    assert not app.exception
    assert app.number_input(key="weight-drawdown").value == 0
    assert app.number_input(key="weight-policy").value == 25
    app.button(key="preset-Standard").click().run()
    assert app.metric[2].value == before


def test_weights_that_sum_to_nothing_are_refused_and_the_last_ones_kept():
    app = page(view="Weights", as_of="2025-12-02")
    *others, last = (part for part in registry() if part.axis == "fundamentals" and part.weight)
    for part in (*others, last):
        app.number_input(key=f"weight-{part.name}").set_value(0.0).run()
    assert app.warning[0].value.startswith("Every weight of fundamentals is zero")
    assert app.number_input(key=f"weight-{last.name}").value == last.weight
    assert f"{others[-1].name}:0" in app.code[0].value
    assert f"{last.name}:0" not in app.code[0].value
    assert not app.exception


def test_weights_without_any_gap_say_so():
    assert "There is no gap on this day." in words(page(view="Weights", as_of="2015-01-01"))


def test_damaged_saved_prices_do_not_keep_the_server_from_starting(tmp_path):
    (tmp_path / "bars").mkdir()
    (tmp_path / "bars" / "BTC-USD.parquet").write_bytes(b"PAR1 not really")
    code = "import asyncio, app\nasync def start():\n    async with app.warm(None): print('warm')\nasyncio.run(start())"
    environment = {**os.environ, "SENTIMENT_DATA_DIR": str(tmp_path), "PYTHONPATH": str(files.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, timeout=120)
    assert done.stdout.split() == [*b"The dashboard is at http://localhost:8501 warm".split()], done.stderr.decode()
    assert b"were set aside" in done.stderr


@pytest.mark.parametrize("view", ["Today", "Research", "Evidence", "Weights", "Method"])
def test_no_chart_writes_its_days_out(view):
    for chart in page(view=view, range="5Y").get("plotly_chart"):
        assert chart.proto.spec.count("T00:00:00") < 10, "consecutive days are written as the first day and a step"
        assert '"template"' not in chart.proto.spec, "the page brings the looks"


def test_prices_that_never_move_have_no_slope(empty_store):
    assert not empty_store.exists()
    now = datetime(2026, 10, 21, tzinfo=UTC)
    index = pd.date_range("2024-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 1.0}, index=index)
    bar_store.append("PEG-USD", frame, now, bar_store.Facts(now, now, "UTC", "CRYPTOCURRENCY", "USD"))
    app = page(asset="PEG-USD", view="Evidence", series="VIX", unfolded=["how-sure-can-a-trend-line-be"])
    assert "Every return over 30 days was the same" in words(app)


def test_the_page_starts_without_what_fetches_prices():
    code = "import sys, app, sentiment.web.dashboard; print(sorted({'yfinance', 'curl_cffi'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(files.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, timeout=120)
    assert done.stdout == b"[]\n"


def test_prices_that_stay_unreadable_are_reported_once_and_not_retried_for_ever(empty_store):
    (empty_store / "bars" / "BTC-USD.parquet").mkdir(parents=True)
    app = page()
    (error,) = app.error
    assert error.value.replace("\\", "").startswith("BTC-USD: the saved prices cannot be opened")


def test_parts_have_their_titles_wherever_a_sentence_names_them():
    named = "This verdict rests on downside_volatility, curve and value: without any one of them there is no gap; on equity_fear: without it."
    assert sentences.with_titles(named) == (
        "This verdict rests on downside volatility, yield curve and value: without any one of them there is no gap; on equity fear: without it."
    )
