"""The page's own notes without a browser: read, confirmed, saved, corrected, found again; and what it says when it cannot."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.formatting import spelled_out
from sentiment.research import draft, frontmatter, library
from sentiment.research.text import annotate
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.web.page import note_form

TEXT = """K33 sees December as a turning point

Market fear outweighs the fundamentals. Bitcoin could rebound by the end of December: there is more upside than risk of
another major collapse. Leverage is low, and support stands at $70,000 and $80,000.
"""


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))


def page(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def labelled(elements, label):
    return next(element for element in elements if element.label.startswith(label))


def words(app):
    shown = [
        *app.header,
        *app.subheader,
        *app.caption,
        *app.markdown,
        *app.info,
        *app.warning,
        *app.error,
        *app.success,
    ]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in shown))


def pasted(day=date(2025, 12, 3)):
    app = page(view="Inbox")
    app.text_area(key="pasted").set_value(TEXT).run()
    labelled(app.date_input, "Published on").set_value(day).run()
    return app


def save(app, who="A. Reader", why=""):
    labelled(app.text_input, "Your name").set_value(who)
    if why:
        labelled(app.text_input, "Why").set_value(why)
    labelled(app.button, "Save the note").click().run()
    assert not app.exception, app.exception
    return app


def test_a_pasted_text_is_read_confirmed_and_saved():
    app = pasted()
    assert labelled(app.text_input, "Title").value == "K33 sees December as a turning point"
    assert labelled(app.multiselect, "About").value == ["BTC-USD"]
    assert labelled(app.text_input, "Support levels").value == "70000 80000"
    assert labelled(app.selectbox, "Until").value == "a stated day"
    assert labelled(app.date_input, "Day").value == date(2025, 12, 31)
    labelled(app.text_input, "Publisher").set_value("My desk")
    save(app)
    assert "Saved as my-desk-2025-12-03." in words(app)
    note = library.find("my-desk-2025-12-03")
    assert (note.stance, note.conviction, note.body) == ("bullish", 0.5, TEXT.strip())
    assert note.overrides == ()
    assert app.selectbox(key="note").value == "my-desk-2025-12-03", "it opens at once"
    assert "**✕ Miss**" in words(app)


def test_a_pasted_text_is_read_once_a_rerun(monkeypatch):
    app = pasted()
    texts = []
    for module in (draft, note_form):
        monkeypatch.setattr(module, "annotate", lambda text, *day: texts.append(text) or annotate(text, *day))
    app.run()
    assert texts == [TEXT.strip()]
    assert "Marked:" in "".join(element.proto.body for element in app.get("html"))


def test_what_a_person_sets_is_kept_with_what_was_read():
    app = pasted()
    labelled(app.text_input, "Publisher").set_value("My desk")
    labelled(app.slider, "Tone").set_value(-0.5)
    assert "a correction says who made it and why" in words(save(app))
    assert len(library.library()) == 7
    save(app, why="Irony on page 2")
    (override,) = library.find("my-desk-2025-12-03").overrides
    assert (override.field, override.who, override.why) == ("tone", "A. Reader", "Irony on page 2")
    assert float(override.read) > 0
    assert "Tone was" in words(app)
    assert "Irony on page 2" in words(app)


def test_nobody_and_nowhere_are_asked_for_and_nothing_is_lost():
    app = save(pasted(), who="")
    assert "Say who publishes the note and who saves it." in words(app)
    assert app.text_area(key="pasted").value == TEXT
    assert len(library.library()) == 7


def test_a_saved_note_moves_tone_and_stance_from_its_day_on(monkeypatch):
    monkeypatch.setattr("sentiment.research.store._now", lambda: datetime(2025, 12, 3, 20, tzinfo=UTC))
    # The page would promise its links to stay as of today, and nothing is saved under an instant before a promise.
    monkeypatch.setattr("sentiment.research.store.promise", lambda _: False)
    until = date(2025, 12, 3)
    before = score(load_inputs("BTC-USD", until))
    app = pasted()
    labelled(app.text_input, "Publisher").set_value("My desk")
    save(app)
    after = score(load_inputs("BTC-USD", until))
    for name in ("research_tone", "research_stance"):
        assert before.raw[name].iloc[-2] == after.raw[name].iloc[-2]
        assert before.raw[name].iloc[-1] != after.raw[name].iloc[-1]
    shown = page(as_of="2025-12-03")
    assert "K33 sees December as a turning point" in words(shown)
    assert "K33 sees December as a turning point" not in words(page(as_of="2025-12-02"))
    assert "K33 sees December as a turning point" not in words(
        page(as_of="2025-12-03", known_at="2025-12-03T19:00:00Z")
    )


def test_a_bundled_note_is_corrected_beside_itself():
    app = page(view="Inbox", correct="k33-2025-12-02")
    labelled(app.slider, "Conviction").set_value(0.2)
    save(app, why="It hedges")
    assert library.find("k33-2025-12-02").conviction == 0.2
    assert "Conviction was 0.7; by the note's own account set by A. Reader" in words(app)
    assert "Saved by A. Reader" in words(app)


def test_a_whole_file_is_saved_byte_for_byte():
    text = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8").replace("id: k33", "id:  copy")
    app = page(view="Inbox")
    app.text_area(key="pasted").set_value(text).run()
    save(app)
    assert library.file("copy-2026-02-17") == text


def test_a_file_without_a_tone_is_saved_as_it_is_and_counts_as_it_reads():
    text = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8").replace("tone: -0.1\n", "")
    app = page(view="Inbox")
    app.text_area(key="pasted").set_value(text.replace("id: k33", "id: copy")).run()
    save(app)
    assert library.find("copy-2026-02-17").tone is None
    assert "Saved as copy-2026-02-17." in words(app)


def test_an_unread_note_is_told_and_stays_so_until_a_tone_is_set():
    app = page(view="Add notes")
    app.text_area(key="pasted").set_value(
        "Desk diary\n\nOur next letter goes out on Thursday. Bitcoin is the topic."
    ).run()
    labelled(app.text_input, "Publisher").set_value("My desk")
    assert labelled(app.checkbox, "Unread: the text shows no tone").value
    save(app)
    (note,) = [note for note in library.library() if note.publisher == "My desk"]
    assert note.tone == "unread"
    shown = page(view="Research", note=note.id)
    assert "tone unread" in words(shown)
    assert "unread: no cue was found" in "".join(element.proto.body for element in shown.get("html"))


def test_a_file_that_does_not_fit_is_told_with_its_line_and_stays():
    app = page(view="Inbox")
    app.text_area(key="pasted").set_value("---\nid: x\npublisher: P\npublished: 2025-12-02\n---\nBody").run()
    assert "the pasted text, line 2, id: 'x' is not an identifier" in words(app)
    assert app.text_area(key="pasted").value.startswith("---")


def test_a_pinned_screen_takes_no_notes():
    app = page(view="Inbox", as_of="2025-12-02", known_at="2026-10-04T12:00:00Z")
    assert "This screen is pinned to an earlier time, so no note can be added" in words(app)


def test_notes_are_found_by_filters_that_travel_in_the_link():
    app = page(view="Research", find="leverage price", publisher="K33 Research")
    assert app.selectbox(key="note").options == ["2025-11-18 · Leverage builds while the price falls"]
    empty = page(view="Research", find="nowhere")
    assert "None of the 7 notes known on" in words(empty)
    early = page(view="Research", publisher="K33 Research", as_of="2018-07-01")
    assert early.selectbox(key="publisher").options == ["CoinDesk and TASS"], "no publisher of later notes is named"


def test_a_note_of_today_is_shown_though_no_price_is_as_new():
    app = pasted(day=date(2026, 11, 1))
    labelled(app.text_input, "Publisher").set_value("My desk")
    save(app)
    assert "no close since publication" in words(app)


def test_a_damaged_database_is_told_and_the_bundled_notes_are_shown(tmp_path):
    tmp_path.joinpath("notes.sqlite").write_bytes(b"no database at all" * 100)
    app = page(view="Research")
    (error,) = app.error
    assert "Only the bundled notes are shown" in error.value
    assert len(app.selectbox(key="note").options) == 7
    assert tmp_path.joinpath("notes.sqlite").read_bytes().startswith(b"no database"), "nothing is overwritten"


FILE = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8")


def open_calls_of(text):
    return re.sub(r"calls:\n(  .*\n|    .*\n)+?levels", "levels", text)


def test_a_call_added_with_its_defaults_looks_ahead_and_the_page_goes_on():
    app = page(view="Inbox")
    bare = open_calls_of(FILE).replace("2026-02-17T23", "2026-09-10T23").replace("id: k33-2026-02-17", "id: late-1")
    app.text_area(key="pasted").set_value(bare).run()
    labelled(app.button, "Add a call").click().run()
    assert labelled(app.selectbox, "Until").value == "30 days"
    save(app, why="Stated in the talk")
    (call,) = library.find("late-1").calls
    assert (call.days, call.fixed) == (30, True)
    assert "○ Pending" in words(app)


def test_an_ungradable_call_is_drawn_and_counted(monkeypatch):
    monkeypatch.setattr("sentiment.research.store._now", lambda: datetime(2026, 2, 17, 20, tzinfo=UTC))
    held = FILE.replace("    days: 90\n    fixed: true\n", "    days: 5\n").replace("id: k33-2026-02-17", "id: dark-1")
    held = held.replace(
        "direction: range\n    floor: 60000\n    ceiling: 75000",
        "direction: up\n    target: 900000\n    basis: intraday",
    )
    library.add(held, "x.md", who="A")
    app = page(view="Research", note="dark-1")
    assert "– Ungradable" in words(app)
    assert "1 ungradable" in words(app)


def test_levels_keep_their_cents_and_an_untouched_form_changes_nothing():
    text = FILE.replace("price: 60000", "price: 60432.55").replace("price: 75000", "price: 1234567")
    library.add(text.replace("id: k33", "id: copy"), "x.md", who="A")
    app = page(view="Inbox", correct="copy-2026-02-17")
    assert labelled(app.text_input, "Support levels").value == "60432.55"
    labelled(app.text_input, "Title").set_value("Another title")
    save(app, why="A better one")
    note = library.find("copy-2026-02-17")
    assert [level.price for level in note.levels] == [60432.55, 1234567]
    assert [override.field for override in note.overrides] == ["title"]


def test_what_was_typed_stays_when_somebody_else_saves_the_note_meanwhile():
    app = page(view="Inbox", correct="k33-2025-12-02")
    labelled(app.text_input, "Title").set_value("My title").run()
    library.correct(library.find("k33-2025-12-02"), {"conviction": 0.1}, who="B. Other", why="Hedged")
    save(app, why="Mine")
    assert "B. Other has saved another version" in words(app)
    assert labelled(app.text_input, "Title").value == "My title"
    assert len(library.history("k33-2025-12-02")) == 1
    labelled(app.button, "Open the new version").click().run()
    assert labelled(app.slider, "Conviction").value == 0.1
    save(app, why="Nothing to change")
    assert "was in the library already, unchanged" in words(app)


def test_the_lasting_link_of_a_note_newer_than_the_last_price_shows_it():
    newer = FILE.replace("2026-02-17T23", "2026-11-01T23").replace("id: k33-2026-02-17", "id: late-1")
    library.add(newer, "x.md", who="A")
    app = page(view="Research", note="late-1")
    pinned = app.code[1].value
    assert "as_of" not in pinned
    assert "known_at=" in pinned


def test_a_filter_that_nothing_known_then_fits_is_told():
    library.add(
        FILE.replace("publisher: K33 Research", "publisher: Later House").replace("id: k33", "id: x"), "x.md", who="A"
    )
    app = page(view="Research", publisher="Later House", as_of="2025-12-10")
    assert "No note known then has the publisher Later House" in words(app)


def test_hindsight_is_told():
    library.add(FILE.replace("id: k33", "id: copy"), "x.md", who="A")
    app = page(view="Research", note="copy-2026-02-17", as_of="2026-06-01")
    assert "1 of its notes was saved here only later" in words(app)
    assert "Hindsight: saved here on " in words(app)
    assert "after its publication: no reading before that day uses it." in words(app)
    assert "1 call in hindsight counts in no record." in words(app)
    assert "saved here only later" not in words(
        page(view="Research", as_of="2026-06-01", known_at="2026-10-05T00:00:00Z")
    )


LOOK_ALIKES = {
    "K33 Research": "K33 Research",
    "K33\u200b Research": "K33[U+200B] Research",
    "K33 Rese\u0430rch": "K33 Rese\u0430rch [Cyrillic and Latin letters]",
    "K33\ufe0f Research": "K33[U+FE0F] Research",
    "\uff2b33 Research": "\uff2b33 Research [Fullwidth and Latin letters]",
    "Société Générale": "Société Générale",
    "野村證券 リサーチ": "野村證券 リサーチ",
}


def test_publishers_that_look_alike_are_shown_as_what_they_are_and_never_merged():
    assert {name: spelled_out(name) for name in LOOK_ALIKES} == LOOK_ALIKES
    first = library.find("k33-2025-12-02")
    for number, name in enumerate(LOOK_ALIKES):
        note = replace(
            first,
            id=f"own-{number}",
            publisher=name,
            source_url="https://x.example/)**Verified**[in](https://evil.example",
        )
        library.add(frontmatter.write(note), "own", who="Ann")
    app = page(view="Research", as_of="2025-12-31")
    lists = [frame.value for frame in app.dataframe]
    listed = next(frame["publisher"] for frame in lists if "publisher" in frame)
    recorded = next(frame for frame in lists if "Other" in frame)
    assert not recorded[["Publisher", "Record"]].duplicated().any()
    recorded = recorded["Publisher"]
    for names in (listed, recorded):
        assert set(LOOK_ALIKES.values()) <= set(names)
    assert set(LOOK_ALIKES.values()) <= set(labelled(app.selectbox, "Publisher").options)
    for name, shown in LOOK_ALIKES.items():
        count = 1 + sum(note.publisher == name for note in library.library() if not note.id.startswith("own-"))
        for text in (name, shown):
            filtered = page(view="Research", as_of="2025-12-31", publisher=text)
            assert {*filtered.dataframe[0].value["publisher"]} == {shown}
            assert len(filtered.dataframe[0].value) <= count
    source = "\n".join(
        str(element.value) for element in page(view="Research", note="own-1", as_of="2025-12-31").markdown
    )
    assert "(https://x.example/%29%2A%2AVerified%2A%2A%5Bin%5D%28https://evil.example)" in source
