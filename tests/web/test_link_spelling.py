"""Links as they come back from chat, mail, newsletters and spreadsheets open the screen that was meant."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, quote, urlencode

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store
from sentiment.models import Selection
from sentiment.web import link_assets, link_spelling, links

DECEMBER = Selection(range="1Y", as_of=date(2025, 12, 2))
PLAIN = "range=1Y&as_of=2025-12-02"


@pytest.mark.parametrize(
    "attached",
    [
        "utm_source=newsletter&utm_medium=email&utm_campaign=weekly",
        "fbclid=IwAR0_x-y",
        "gclid=Cj0KCQ",
        "gad_source=1&gbraid=0AAA",
        "mc_cid=4a2&mc_eid=99f",
        "ref=producthunt",
        "ref_src=twsrc%5Etfw&ref_url=https%3A%2F%2Fexample.org%2F",
        "UTM_Source=x",
        "_hsenc=p2AN&_hsmi=12&hsCtaTracking=a%7Cb",
        "_gl=1*abc*_ga*MTIz",
        "mkt_tok=Nzcx",
        "msclkid=ab12",
        "igshid=YmMyMTA2M2Y",
        "srsltid=AfmBOo",
        "1764500000",
        "_=1764500000123",
        "nocache",
        "t=",
        "triedRedirect=true&publication_id=1",
        "amp;utm_source=x",
    ],
)
@pytest.mark.parametrize("form", ["{plain}&{attached}", "{attached}&{plain}"])
def test_names_that_others_attach_are_dropped_in_silence(attached, form):
    query = form.format(plain=PLAIN, attached=attached)
    assert links.from_query(query) == (DECEMBER, ())
    assert links.tidied(query) == PLAIN


@pytest.mark.parametrize(
    "after", [")", ".", ",", ";", ":", "!", "?", ">", "]", '"', "'", "/", "%20", ").", "/)", "**", "…", "%22%3E"]
)
@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (PLAIN, DECEMBER),
        ("as_of=2025-12-02&range=1Y", DECEMBER),
        ("view=Add+notes", Selection(view="Inbox")),
        ("view=Evidence&series=VIX&horizon=90", Selection(view="Evidence", series="VIX", horizon=90)),
        ("note=k33-2025-12-02", Selection(view="Research", note="k33-2025-12-02")),
        ("view=Research&publisher=K33+Research", Selection(view="Research", publisher="K33 Research")),
        ("method=3&known_at=2026-10-04T12:00:00Z", Selection(known_at=datetime(2026, 10, 4, 12, tzinfo=UTC))),
        ("log=false", Selection(log=False)),
        ("weights=policy:0", Selection(weights=(("policy", 0.0),))),
        ("seed=7", Selection(seed=7)),
        ("v=1", Selection()),
    ],
)
def test_punctuation_behind_a_link_is_no_part_of_it(query, meant, after):
    assert links.from_query(f"{query}{after}") == (meant, ())


@pytest.mark.parametrize(
    "query",
    [
        "range=1Y&amp;as_of=2025-12-02",
        "range=1Y&amp;amp;as_of=2025-12-02",
        "range=1Y&#38;as_of=2025-12-02",
        "range=1Y%26amp%3Bas_of=2025-12-02",
        "range=1Y%26as_of%3D2025-12-02",
        "range%3D1Y%26as_of%3D2025-12-02",
        "range%253D1Y%2526as_of%253D2025-12-02",
        "range=1Y&as_of=2025%252D12%252D02",
        "range=1Y&as_of=2025%25252D12%25252D02",
        "range%3D1Y%26as_of%3D2025-12-02%26utm_source%3Dx",
        "range%3D1Y%26as_of%3D2025-12-02&fbclid=IwAR",
        "range%3D1Y%26as_of%3D2025-12-02%29",
        "amp;range=1Y&amp;as_of=2025-12-02&amp;",
        "Range=1Y&AS_OF=2025-12-02",
        "range=1y&as-of=2025-12-02",
        "range=1%20Y&asof=2025-12-02",
        "range=%221Y%22&as_of='2025-12-02'",
        "range=1Y&as_of=2025/12/02",
        "range=1Y&as_of=2025-12-2",
        "range=1Y&as_of=2025.12.02",
        "range=1Y&as_of=20251202",
        "range=1Y&as_of=2025-12-02T00:00:00Z",
        "range=1Y&as_of=2025-12-02%2000:00:00",
        "range=1Y&as_of=2025-12-02&asset=btc-usd",
        "range=1Y&as_of=2025-12-02&asset=BTC/USD",
        "range=1Y&as_of=2025-12-02&asset=COINBASE:BTCUSD",
        "range=1Y&as_of=2025-12-02&asset=%24BTC-USD",
        "range=1Y&as_of=2025-12-02&view=overview",
        "range=1Y&as_of=2025-12-02&log=TRUE",
        "range=1Y&as_of=2025-12-02&log=1",
    ],
)
def test_another_spelling_of_a_link_opens_the_same_screen(query):
    assert links.from_query(query) == (DECEMBER, ())
    assert links.from_query(links.tidied(query)) == (DECEMBER, ())
    assert links.tidied(links.tidied(query)) is None


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("view=research", Selection(view="Research")),
        ("view=ADD_NOTES", Selection(view="Inbox")),
        ("view=add-notes", Selection(view="Inbox")),
        ("view=AddNotes", Selection(view="Inbox")),
        ("range=all", Selection(range="All")),
        ("range=5y", Selection(range="5Y")),
        ("view=evidence&series=vix", Selection(view="Evidence", series="VIX")),
        ("view=evidence&series=alternative.ME", Selection(view="Evidence", series="Alternative.me")),
        ("chart=Quadrant", Selection(chart="quadrant")),
        ("log=False", Selection(log=False)),
        ("log=off", Selection(log=False)),
        ("note=K33-2025-12-02", Selection(view="Research", note="k33-2025-12-02")),
        ("view=research&publisher=k33%20research", Selection(view="Research", publisher="K33 Research")),
        ("view=research&theme=Leverage", Selection(view="Research", theme="leverage")),
        ("view=research&since=2025-1-5", Selection(view="Research", since=date(2025, 1, 5))),
        ("known_at=2026-10-04t12:00:00z&Method=3", Selection(known_at=datetime(2026, 10, 4, 12, tzinfo=UTC))),
        ("known_at=2026-10-04T14:00:00+02:00&method=3", Selection(known_at=datetime(2026, 10, 4, 12, tzinfo=UTC))),
        ("weights=Policy:0", Selection(weights=(("policy", 0.0),))),
        ("weights=policy%253A0", Selection(weights=(("policy", 0.0),))),
    ],
)
def test_letter_case_and_near_spellings_are_read(query, meant):
    assert links.from_query(query) == (meant, ())


@pytest.mark.parametrize(
    "query",
    [
        "view=Reserch",
        "range=9Y",
        "asset=DOGE",
        "asset=VIX",
        "asset=BTCUSD",
        "as_of=02.12.2025",
        "as_of=2025-12",
        "as_of=2025-12/02",
        "as_of=2025-12-02T09:30:00",
        "log=maybe",
        "aset=BTC-USD",
        "colour=red",
        "range=",
        "known_at=2026-10-04T12:00:00",
    ],
)
def test_a_misspelt_link_is_never_guessed_at(query):
    selection, problems = links.from_query(query)
    assert selection == Selection()
    assert len(problems) == 1
    assert links.tidied(query) is None, "what cannot be followed stays for the page to say so"


def test_words_that_the_viewer_looks_for_are_kept_to_the_letter():
    for words in ("fear.", "100%25", "a&range=1Y", " (x) ", "utm_source=x", "range%3D1Y"):
        selection = Selection(view="Research", find=words)
        assert links.from_query(links.to_query(selection)) == (selection, ())


def save(symbol):
    now = datetime(2026, 10, 21, tzinfo=UTC)
    index = pd.date_range("2026-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 100.0}, index=index)
    bar_store.append(symbol, frame, now, bar_store.Facts(now, now, "UTC", "EQUITY", "USD"))


def test_an_unknown_asset_is_told_in_one_line_with_the_likely_ticker(empty_store):
    assert not empty_store.exists()
    for number in range(40):
        save(f"A{number}")
    save("BRK-B")
    assert links.from_query("asset=brk.b") == (
        Selection(),
        ("No prices of 'brk.b' are saved here (BRK-B is likely what is meant); showing BTC-USD.",),
    )
    assert links.from_query("asset=NYSE:BRK.B") == (Selection(asset="BRK-B"), ())
    assert links.from_query("asset=nvda).") == (Selection(), ("No prices of 'nvda' are saved here; showing BTC-USD.",))
    assert link_assets.likely("nvda).") == "NVDA"
    assert link_assets.likely("SOL/USD") == "SOL-USD"
    assert link_assets.likely("a<b>c") is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["range", "as_of", "asset", "view", "find", "log", "x", "utm_id", "a=b"]),
            st.text(max_size=12),
        )
    )
)
def test_tidying_keeps_the_screen_and_its_messages_and_ends(pairs):
    query = urlencode(pairs, errors="replace")
    tidy = links.tidied(query)
    if tidy is not None:
        assert links.from_query(tidy) == links.from_query(query)
        assert links.tidied(tidy) is None


@given(st.sampled_from(["BTC-USD", "K33 Research", "Alternative.me", "2025-12-02", "5Y"]), st.integers(0, 3), st.data())
def test_what_stands_around_a_value_or_encodes_it_again_changes_nothing(value, times, data):
    text = value
    for _ in range(times):
        text = quote(text, safe="")
    around = st.text(st.sampled_from(link_spelling.AROUND), max_size=3)
    assert link_spelling.bare(f"{data.draw(around)}{text}{data.draw(around)}") == value


def test_every_name_of_ours_survives_the_list_of_tracking_names():
    for name in (
        *(pair[0] for pair in parse_qsl(links.to_query(DECEMBER))),
        "v",
        "start",
        "end",
        "embed",
        "embed_options",
    ):
        assert links.spelled([(name, "x")], ("start", "end")) == [(name, "x")]
    assert not link_spelling.TRACKING & {*Selection.__dataclass_fields__, "v", "start", "end"}
    assert not [name for name in Selection.__dataclass_fields__ if name.startswith(link_spelling.TRACKING_PREFIXES)]
