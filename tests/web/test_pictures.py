"""The pictures that are handed on: what stands in them, their size, and that they stay."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import golden
import pytest
from asgi import ask
from histories import walk
from PIL import Image

from sentiment.charts.pictures import Words, chart
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store, live
from sentiment.models import Selection
from sentiment.research import library
from sentiment.web import citation, links, picture_subjects, pictures
from sentiment.web.picture_names import PICTURES
from sentiment.web.pictures import png

DAY = "as_of=2025-12-02"
PINNED = f"{DAY}&known_at=2026-10-04T12:00:00Z&method=3"
BASE = "http://localhost:8501/"
FROZEN = f"{BASE}?as_of=2025-12-02&known_at=2025-12-03T00:00:00Z&method=3"


OF_CALLS = {f"chart/{name}" for name in ("track-record", "scoreboard", "calibration", "note-calls")}


def texts(picture):
    return [one.text for one in ET.fromstring(picture).iter() if one.tag.endswith("}text")]  # noqa: S314 - our own


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_states_asset_day_source_and_frozen_link(api, name):
    answer = ask(api, f"/api/v1/{name}.svg?{DAY}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    said = texts(answer.body)
    view = PICTURES[name].view
    address = FROZEN if view == "Today" else FROZEN.replace("?", f"?view={view}&")
    if name == "chart/watchlist":  # whose list of that day the page does not know
        address = FROZEN.replace("?", "api/v1/chart/watchlist.png?asset=BTC-USD~ETH-USD~SPY~QQQ~GLD~EURUSD%3DX&")
    assert "".join(said).endswith(address)
    assert any("2 Dec 2025" in one for one in said)
    assert any("Source: bundled figures, to 2 Dec 2025. Method 3. Not advice." in one for one in said)
    if name.startswith("chart/"):
        assert "Licence: bundled figures: public facts, see data/README.md." in said
    if name not in OF_CALLS:
        assert any("Bitcoin" in one or "BTC-USD" in one for one in said)
    root = ET.fromstring(answer.body)  # noqa: S314 - our own
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {
        *("svg", "title", "desc", "metadata", "rect", "line", "path", "circle", "text"),
    }
    assert all(root[place].text for place in range(3))
    assert "nan" not in answer.body.decode().replace("finan", "")


def test_the_card_says_the_finding(api):
    finding = golden.DECEMBER.partition(": ")[2]
    said = " ".join(texts(ask(api, f"/api/v1/card.svg?{DAY}").body))
    assert said.startswith("Bitcoin, 91,350 USD on 2 Dec 2025 Sentiment: fear and fundamentals ")
    assert finding in said.replace("Fear 76", "fear 76")


@pytest.mark.parametrize(
    ("name", "size"), [("card", (1200, 628)), ("card-square", (1200, 1200)), ("chart/fear", (2400, None))]
)
def test_a_png_has_its_size_and_says_what_it_shows(api, name, size):
    answer = ask(api, f"/api/v1/{name}.png?{PINNED}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    file = f"BTC-USD_{name.rpartition('/')[2]}_2025-12-02_known_2026-10-04T120000Z.png"
    assert answer.headers["content-disposition"] == f'inline; filename="{file}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert 10_000 < len(answer.sent) < (70_000 if name.startswith("card") else 200_000)
    picture = Image.open(io.BytesIO(answer.sent))
    assert picture.width == size[0]
    assert size[1] in {None, picture.height}
    assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert "Bitcoin" in picture.text["Description"]
    assert f"{BASE}?{PINNED}" in picture.text["Source"]
    assert picture.text["Source"] in picture.text["Comment"]


def test_the_same_selection_gives_the_same_bytes():
    selection, problems = links.from_query(PINNED)
    assert not problems
    for form in ("svg", "png"):
        first, second = (pictures.draw("card", form, selection, BASE) for _ in range(2))
        assert first == second


def test_both_ways_to_draw_give_the_same_pixels():
    pytest.importorskip("svg2png_py", reason="it has no wheel for this system")
    for name, zoom in (("card", 1), ("chart/watchlist", 2)):
        picture = pictures.draw(name, "svg", Selection(), BASE).decode()
        direct, by_png = png.direct(picture, zoom), png.by_png(picture, zoom)
        assert direct.size == by_png.size
        assert direct.tobytes() == by_png.tobytes()
    for draw in (png.direct, png.by_png):
        with pytest.raises(ValueError, match="root node"):
            draw("<svg", 1)


def test_a_file_is_named_by_asset_chart_and_day(api):
    found = ask(api, f"/api/v1/chart/fear.svg?{DAY}").headers["content-disposition"]
    assert found == 'inline; filename="BTC-USD_fear_2025-12-02.svg"'


@pytest.mark.parametrize(
    ("query", "file", "said"),
    [
        ("notes.svg?range=3M", "BTC-USD_notes", "3 notes: 3 pending."),
        (
            "note-figures.svg?note=goplus-2025-10",
            "goplus-2025-10_note-figures",
            "11 figures as CoinDesk Protocol Research reports them",
        ),
        (
            "note-figures.svg?note=k33-2025-12-02",
            "k33-2025-12-02_note-figures",
            "The note k33-2025-12-02 of 2 Dec 2025 has no figures.",
        ),
        ("note-calls.svg?note=k33-2025-12-02", "k33-2025-12-02_note-calls", "K33 Research: Fear outweighs"),
        ("call.svg?call=b022", "b022_call", "moved −50.7%; a rise was called to 31 Dec 2018: miss."),
        ("compare.svg?assets=BTC-USD~ETH-USD", "BTC-USD_compare", "BTC-USD, ETH-USD, 4 Dec 2023 to 2 Dec 2025"),
        ("beside-alternative.svg?asset=GLD", "GLD_beside-alternative", "Fear: correlation with 100 − alternative.me"),
        ("eras.svg?horizon=7", "BTC-USD_eras", "7 days ahead"),
        ("paths.svg?series=VIX&horizon=7", "BTC-USD_paths", "after 7 days"),
        ("watchlist.svg?asset=SPY~GLD", "watchlist", "2 assets, 2 Dec 2025"),
        ("scoreboard.svg?note=k33-2025-12-02", "scoreboard", "settled calls"),
    ],
)
def test_a_picture_shows_what_its_address_names(api, query, file, said):
    answer = ask(api, f"/api/v1/chart/{query}&{DAY}")
    assert answer.headers["content-disposition"] == f'inline; filename="{file}_2025-12-02.svg"'
    assert said in " ".join(texts(answer.body)).replace("  ", " ")


def test_what_was_not_known_is_not_shown(api):
    early = "as_of=2017-11-01"
    for name, told in (
        ("note-calls.svg?note=k33-2025-12-02", "The note k33-2025-12-02 was not published by 1 Nov 2017."),
        ("call.svg?call=b022", "The call b022 was not published by 1 Nov 2017."),
        ("evidence.svg?", "Too little data"),
    ):
        answer = ask(api, f"/api/v1/chart/{name}&{early}")
        assert answer.status == 200
        assert texts(answer.body)[0].startswith(told)


@pytest.mark.parametrize("listed", [(), ("NVDA",)])
def test_a_watchlist_without_a_reading_says_so(listed):
    drawn = pictures.draw("chart/watchlist", "svg", Selection(), BASE, listed)
    assert texts(drawn)[0] == "No asset of the watchlist has a reading."
    assert "Bitcoin" not in " ".join(texts(drawn))


def test_a_call_on_an_asset_without_prices_is_told_and_no_source_named_for_it(empty_store):
    assert not empty_store.exists()
    library.add(
        "---\nid: of-nothing\ntitle: T\npublisher: House\npublished: 2026-11-20T10:00:00Z\nprecision: minute\nstance: bullish\n"
        "conviction: 0.5\nassets: [NVDA]\nthemes: []\ncalls:\n"
        "  - {asset: NVDA, text: Nvidia rises, direction: up, end: 2026-12-31}\n---\nNvidia will rise.\n",
        "of-nothing.md",
        who="AR",
        why="",
    )
    chosen = Selection(note="of-nothing")
    assert picture_subjects.subjects("chart/note-calls", chosen) == ("BTC-USD",)
    assert texts(pictures.draw("chart/note-calls", "svg", chosen, BASE))[1] == "House: T, 20 Nov 2026, 10:00 UTC"


def test_a_long_finding_is_written_in_whole():
    finding = "This verdict rests on " + ", ".join(f"part number {place}" for place in range(20)) + "."
    words = Words(finding, *("" for _ in Words._fields[1:]))
    assert finding in " ".join(filter(None, texts(chart(words, 10, lambda _: []))))


def test_scale_and_range_of_the_link_are_those_of_the_picture(api):
    of_link, plain = (
        ask(api, f"/api/v1/chart/timeline.svg?{DAY}{more}").body.decode()
        for more in ("&range=3M&log=false&view=Research&note=k33-2025-12-02", "")
    )
    assert "3 Sep 2025 to 2 Dec 2025" in of_link
    assert "close, USD, logarithmic" in plain
    assert "logarithmic" not in of_link
    assert ask(api, f"/api/v1/chart/fear.svg?{DAY}&log=false").body == ask(api, f"/api/v1/chart/fear.svg?{DAY}").body


def test_a_picture_asks_no_network_and_follows_the_address_of_the_page(api, monkeypatch):
    asked = []
    monkeypatch.setattr(live, "ask", asked.append)
    ask(api, "/api/v1/card.svg")
    assert asked == []
    other = ask(api, f"/api/v1/card.svg?{DAY}", host="news.example:80").body
    assert texts(other)[-1].startswith("http://news.example:80/?as_of=")
    assert ask(api, f"/api/v1/card.svg?{DAY}", host='x"><script>').status == 403
    ask(api, "/api/v1/badge.svg")
    assert asked, "the badge asks in the background, as the page does"


def test_a_name_from_outside_stays_words():
    evil = '</text><script>alert("中\u202e")</script>&amp;'
    words = Words(*(f"{field} {evil}" for field in Words._fields))
    drawn = chart(words, 10, lambda _: [])
    assert "<script" not in drawn
    shown = '</text><script>alert("[U+4E2D][U+202E]")</script>&amp;'
    assert f"title {shown}" in texts(drawn)
    assert f"link {shown}" in texts(drawn)


@pytest.mark.usefixtures("empty_store")
def test_a_selection_is_frozen_after_the_last_save_and_the_end_of_its_day():
    day, noon = date(2025, 12, 2), datetime(2026, 10, 5, 12, tzinfo=UTC)
    assert citation.frozen(Selection(), day, noon).known_at == datetime(2025, 12, 3, tzinfo=UTC)
    assert citation.frozen(Selection(), date(2026, 10, 5), noon).known_at == datetime(1970, 1, 1, tzinfo=UTC)
    moment = datetime(2025, 2, 1, tzinfo=UTC)
    bars = walk(30, 1).to_frame("close").reindex(columns=list(PRICE_COLUMNS))
    bar_store.append("ABC", bars.tz_convert("UTC"), moment, bar_store.Facts(moment, moment))
    now = datetime.now(UTC)
    saved = citation.frozen(Selection(asset="ABC"), day).known_at
    assert now - timedelta(minutes=5) < saved <= datetime.now(UTC)
    later = citation.frozen(Selection(asset="ABC"), day, now + timedelta(seconds=9)).known_at
    assert (later.microsecond, later >= saved) == (0, True)
    assert later == citation.frozen(Selection(asset="ABC"), day, now + timedelta(days=9)).known_at, (
        "it stays while nothing is saved"
    )
    pinned = Selection(known_at=moment)
    assert citation.frozen(pinned, day).known_at == moment


def test_a_citation_has_three_forms_with_the_frozen_link():
    pinned, _ = links.from_query(f"asset=EURUSD%3DX&{PINNED}")
    short, full, bibtex, link = citation.cite("fear 12 & rising 5%.", pinned, BASE)
    assert link == f"{BASE}?asset=EURUSD%3DX&as_of=2025-12-02&known_at=2026-10-04T12:00:00Z&method=3"
    assert short == f"Euro (EURUSD=X), 2 Dec 2025: fear 12 & rising 5% (Sentiment, from bundled figures). {link}"
    assert full == (
        "Sentiment: fear and fundamentals. “fear 12 & rising 5%.” Euro (EURUSD=X), 2 Dec 2025. Method 3, with prices and notes "
        f"as known at 2026-10-04T12:00:00Z. Sources: bundled figures. {link}"
    )
    assert bibtex == (
        "@misc{sentiment-eurusd-x-2025-12-02,\n"
        "  author = {{Sentiment}},\n"
        "  title  = {{Euro (EURUSD=X), 2 Dec 2025: fear 12 \\& rising 5\\%}},\n"
        "  year   = {2025},\n"
        "  month  = dec,\n"
        "  note   = {Method 3, with prices and notes as known at 2026-10-04T12:00:00Z. Sources: bundled figures},\n"
        f"  url    = {{{link}}},\n"
        "}"
    )


def test_json_says_how_it_is_cited(api):
    told = ask(api, f"/api/v1/scores.json?{DAY}&start=2025-12-01").json["citation"]
    assert told["link"] == FROZEN
    assert told["short"].startswith("Bitcoin (BTC-USD), 2 Dec 2025: ")
    assert all(FROZEN in told[form] for form in ("short", "full", "bibtex"))


@pytest.mark.usefixtures("empty_store")
def test_what_rests_on_no_note_is_cited_without_them(monkeypatch):
    monkeypatch.setattr(library, "version", lambda: 10**15)  # 9 September 2001
    with_notes, without = (
        citation.frozen(Selection(), date(1999, 1, 1), notes=notes).known_at for notes in (True, False)
    )
    assert with_notes == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    assert without == datetime(1999, 1, 2, tzinfo=UTC)
