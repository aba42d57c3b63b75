import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.models import Selection
from sentiment.research import library
from sentiment.scoring import weights
from sentiment.scoring.components import registry
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import SIGNALS
from sentiment.web import link_zoom, links

WEIGHTS = st.dictionaries(
    st.sampled_from([part.name for part in registry()]), st.floats(0, 100) | st.integers(0, 100).map(float), max_size=4
).map(weights.canonical)
SELECTIONS = st.builds(
    Selection,
    asset=st.just("BTC-USD"),
    view=st.sampled_from(links.VIEWS),
    chart=st.none() | st.sampled_from(links.CHARTS),
    range=st.sampled_from(list(links.RANGES)),
    zoom=st.none() | st.tuples(st.just(date(2015, 1, 1)), st.dates(date(2015, 1, 3), date(2026, 11, 3))),
    as_of=st.none() | st.dates(date(2015, 1, 2), date(2026, 10, 3)),
    log=st.booleans(),
    known_at=st.none() | st.integers(0, 1_780_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    series=st.sampled_from(list(SIGNALS)),
    horizon=st.sampled_from(HORIZONS),
    seed=st.integers(0, 999_999_999),
    weights=WEIGHTS,
    note=st.none() | st.sampled_from([note.id for note in library.library()]),
    correct=st.none() | st.sampled_from([note.id for note in library.library()]),
    find=st.text(max_size=20),
    publisher=st.sampled_from([None, "K33 Research"]),
    theme=st.sampled_from([None, "leverage", "usage and revenue"]),
    about=st.sampled_from([None, "GPS-USD"]),
    since=st.none() | st.dates(date(2015, 1, 1), date(2026, 10, 3)),
    assets=st.none()
    | st.lists(st.sampled_from(["ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X"]), max_size=4, unique=True).map(
        lambda others: ("BTC-USD", *others)
    ),
    call=st.sampled_from([None, "b001", "b219"]),
    outcome=st.sampled_from([None, "pending", "miss"]),
    called=st.sampled_from([None, "BTC-USD"]),
    caller=st.sampled_from([None, "K33 Research", "BitMEX / Maelstrom"]),
    among=st.sampled_from([None, "year 2018", "distance over 100 %"]),
)


@given(SELECTIONS)
def test_a_selection_survives_the_link(selection):
    assert links.from_query(links.to_query(selection)) == (selection, ())


@pytest.mark.parametrize(
    ("ends", "zoom"),
    [
        (["2025-03-04 13:22:11.1234", "2025-06-30 23:59"], (date(2025, 3, 5), date(2025, 6, 30))),
        (["2025-03-04", "2025-06-30"], (date(2025, 3, 4), date(2025, 6, 30))),
        (["2025-03-04 13:00", "2025-03-05 11:00"], (date(2025, 3, 4), date(2025, 3, 6))),
        (["2024-10-04", "2026-10-03"], None),  # the whole range
        (["2024-10-04", "2026-11-20"], None),
        (["2024-01-04", "2026-10-03"], (date(2024, 1, 4), date(2026, 10, 3))),  # zoomed out
        (["1850-01-04", "2150-10-03"], (date(2015, 1, 1), date(2026, 11, 3))),
        (["1850-01-04", "1950-10-03"], None),
        ([], None),
        (["2025-03-04"], None),
        (["soon", "later"], None),
        ([None, None], None),
        ({"a": 1}, None),
        ("2025-03-04", None),
        (7, None),
        ([1e300, float("inf")], None),
        (["2025-03-04", "2025-06-30T00:00+02:00"], None),
        (["9999-12-31 10:00", "99999-01-01"], None),
    ],
)
def test_what_a_chart_shows_becomes_its_zoom_in_whole_days(ends, zoom):
    assert link_zoom.of_chart(ends, date(2015, 1, 1), date(2024, 10, 4), date(2026, 10, 3)) == zoom


def test_the_default_screen_has_the_shortest_link():
    assert links.address("http://localhost:8501/", Selection()) == "http://localhost:8501/"


def test_a_link_reads_as_one_would_write_it():
    selection = Selection(range="1Y", zoom=(date(2025, 3, 1), date(2025, 6, 30)), as_of=date(2025, 12, 2), log=False)
    query = "range=1Y&zoom=2025-03-01~2025-06-30&as_of=2025-12-02&log=false"
    assert links.address("http://h/?x=1", selection) == f"http://h/?{query}"
    assert links.from_query("zoom=2025/03/01~20250630).")[0].zoom == selection.zoom
    assert links.from_query("zoom=1900-01-01~2099-12-31")[0].zoom == (date(2015, 1, 1), date(2026, 11, 3))
    assert links.from_query("zoom=2025-01-01~2025-12-31&as_of=2025-06-30")[0].zoom == (
        date(2025, 1, 1),
        date(2025, 12, 31),
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("asset=DOGE", "No prices of 'DOGE' are saved here; showing BTC-USD."),
        (
            "view=Nope",
            f"there are {', '.join(links.VIEWS)}; showing Today.",
        ),
        ("range=9Y", "there are 3M, 6M, 1Y, 2Y, 5Y, All; showing 2Y."),
        ("as_of=soon", "'soon' is not a day; a day looks like 2025-12-02; showing the latest day."),
        ("as_of=2.12.2025", "'2.12.2025' is not a day; a day looks like 2025-12-02"),
        ("as_of=20251302", "'2025-13-02' is not a day"),
        ("as_of=2025-W49-2", "is not a day"),
        ("as_of=1999-01-01", "No prices of BTC-USD for 1999-01-01; they run from 2015-01-01 to 2026-10-03"),
        ("zoom=2025", "'2025' is not a day; a day looks like 2025-12-02; showing the whole range."),
        ("zoom=2025-06-30~2025-03-01", "a zoom is two days, the earlier one first, such as 2025-03-01~2025-06-30"),
        ("zoom=2025-03-01", "The link zooms to '2025-03-01'; a zoom is two days"),
        ("zoom=2001-01-01~2002-01-01", "2002-01-01; BTC-USD is shown from 2015-01-01 to 2026-10-03; showing the whole"),
        ("zoom=2026-10-03~2026-10-09", "The link zooms to 2026-10-03 to 2026-10-09; BTC-USD is shown from"),
        ("log=maybe", "it is true or false; showing true."),
        ("known_at=2026-10-04T12:00:00", "an instant looks like 2026-10-04T12:00:00Z; showing what is known now."),
        ("known_at=2150-01-01T00:00:00Z", "which lies ahead; what is known then can still change"),
        ("seed=-1", "a seed has at most 9 digits; showing 1994."),
        ("note=gone", "which is not in this library"),
        ("range=1Y&range=2Y", "The link gives range 2 times; showing 2Y."),
        ("color=red", "The link names 'color', which is not known here"),
        ("series=Tea", "The link asks for series 'Tea'; there are Regimes, Fear, Fundamentals, Gap"),
        ("horizon=31", "The link asks for a horizon of '31' days; there are 7, 30, 90, 180; showing 30."),
        ("weights=policy", "found 'policy'; showing the standard weights."),
        ("weights=luck:5", "No component 'luck' to weigh"),
        ("weights=policy:-1", "The weight of policy is -1.0; it must be zero or more"),
        ("weights=policy:nan", "The weight of policy is nan; it must be zero or more"),
        ("weights=policy:inf", "The weight of policy is inf; it must be zero or more"),
        ("weights=policy:101", "The weight of policy is 101; it must be 100 or less"),
        ("weights=policy:much", "The weight of policy is 'much'; it must be a number"),
        ("weights=policy:1,policy:2", "each component once"),
        (
            "weights=" + ",".join(f"{part.name}:0" for part in registry() if part.axis == "fundamentals"),
            "Every weight of fundamentals is zero",
        ),
        ("range=", "The link asks for range ''"),
        ("known_at=1970-01-01T00:00:00%2B23:59", "an instant looks like 2026-10-04T12:00:00Z"),
        ("find=\ud800", "The link looks for '\\ud800', which no note can hold; showing the screen without it."),
        ("v=1&v=1", "The link gives v 2 times"),
        ("weights=policy:1_0", "The weight of policy is '1_0'; it must be a number"),
        ("weights=policy:%D9%A3", "it must be a number"),
        ("weights=poli%0Acy:x", "The weight of 'poli\\ncy' is 'x'; it must be a number"),
    ],
)
def test_what_cannot_be_followed_is_said_and_left_at_the_default(query, says):
    selection, problems = links.from_query(query)
    assert selection == Selection()
    assert len(problems) == 1
    assert says in problems[0]


@pytest.mark.parametrize(
    ("query", "asset", "compared", "says"),
    [
        ("assets=btc/usd~spy", "BTC-USD", ("BTC-USD", "SPY"), []),
        ("assets=SPY~GLD~SPY", "SPY", ("SPY", "GLD"), []),
        ("asset=GLD&assets=SPY~GLD", "GLD", ("GLD", "SPY"), []),
        ("assets=ETH-USD~EURUSD%253DX.", "ETH-USD", ("ETH-USD", "EURUSD=X"), []),
        (
            "assets=NOPE~GLD~No/No~SPY",
            "GLD",
            ("GLD", "SPY"),
            [f"No prices of '{name}' are saved here; comparing the others." for name in ("NOPE", "No/No")],
        ),
        (
            "assets=BTC-USD~ETH-USD~SPY~QQQ~GLD~EURUSD%3DX",
            "BTC-USD",
            ("BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD"),
            ["The link compares 6 assets; at most 5 can be compared; comparing the first 5."],
        ),
        (
            "assets=~",
            "BTC-USD",
            None,
            ["The link compares no assets; write them as BTC-USD~SPY~GLD; showing the screen without it."],
        ),
    ],
)
def test_what_is_compared_is_what_the_link_names(query, asset, compared, says):
    selection, told = links.from_query(query)
    assert (selection.asset, selection.assets, list(told)) == (asset, compared, says)


def test_the_day_of_a_comparison_is_read_for_its_first_asset():
    selection, told = links.from_query("as_of=2026-09-28&assets=SPY~ETH-USD")
    assert (selection.as_of, told) == (date(2026, 9, 28), ())
    assert links.from_query("as_of=2026-09-28&assets=ETH-USD~SPY")[1][0].startswith(
        "No prices of ETH-USD for 2026-09-28"
    )


def test_a_good_part_of_a_bad_link_is_kept():
    selection, problems = links.from_query("range=1Y&as_of=never")
    assert selection.range == "1Y"
    assert len(problems) == 1


def test_a_huge_link_is_not_read():
    assert links.from_query("range=1Y&x=" + "y" * 3_000)[1] == (
        "The link is longer than the 2,000 characters that are read. Showing the default.",
    )


@given(st.text(max_size=500))
def test_no_text_crashes_the_codec(text):
    selection, problems = links.from_query(text)
    assert links.from_query(links.to_query(selection)) == (selection, ())
    assert all(len(problem) < 300 for problem in problems)


def test_the_start_of_a_range_is_never_before_the_first_bar():
    assert links.start_of(Selection(range="All"), date(2025, 12, 2)) == date(2015, 1, 1)
    assert links.start_of(Selection(range="1Y"), date(2025, 12, 2)) == date(2024, 12, 3)
    assert links.start_of(Selection(range="5Y"), date(2016, 1, 1)) == date(2015, 1, 1)


def test_a_note_alone_opens_the_view_that_shows_it():
    assert links.from_query("note=k33-2025-12-02")[0].view == "Research"


SAVED = list(
    csv.DictReader((Path(__file__).parents[1] / "data" / "links.csv").read_text(encoding="utf-8").splitlines())
)


@pytest.mark.parametrize("saved", SAVED, ids=[saved["link"] for saved in SAVED])
def test_links_that_people_have_saved_go_on_working(saved):
    expected = json.loads(saved["selection"])
    for name in {"as_of", "since"} & expected.keys():
        expected[name] = date.fromisoformat(expected[name])
    if "known_at" in expected:
        expected["known_at"] = datetime.fromisoformat(expected["known_at"])
    if "weights" in expected:
        expected["weights"] = weights.canonical(dict(expected["weights"]))
    selection, told = links.from_query(saved["link"])
    assert selection == Selection(**expected)
    # A link that was pinned before methods had numbers says that its figures may have been others.
    assert [text.partition(";")[0] for text in told] == (
        ["The link was made under method 1 of scoring, so its figures may have been different"]
        if "known_at" in expected
        else []
    )


def test_a_link_of_a_form_to_come_says_so_and_shows_what_is_known():
    selection, problems = links.from_query("v=2&range=1Y")
    assert selection == Selection(range="1Y")
    assert problems == ("The link is of form '2', made by another version; the parts that this one knows are shown.",)


def test_a_pinned_link_names_its_method_and_says_when_it_was_another():
    pinned = Selection(known_at=datetime(2026, 10, 4, 12, tzinfo=UTC))
    assert links.to_query(pinned) == "known_at=2026-10-04T12:00:00Z&method=3"
    assert links.to_query(Selection(as_of=date(2025, 12, 2))) == "as_of=2025-12-02"
    for query, method in (("known_at=2026-10-04T12:00:00Z", "1"), ("known_at=2026-10-04T12:00:00Z&method=2", "'2'")):
        selection, (told,) = links.from_query(query)
        assert selection == pinned
        assert told.startswith(f"The link was made under method {method} of scoring")
        assert "showing those of method 3" in told
    assert links.from_query("method=3") == (Selection(), ())
    assert (
        links.tidied("known_at=2026-10-04T12:00:00Z&Method=3&utm_source=x") == "known_at=2026-10-04T12:00:00Z&method=3"
    )
