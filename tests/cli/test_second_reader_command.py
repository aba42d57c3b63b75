"""The second reader from the command line: what it proposes is saved only if somebody says yes; `doctor` tells its state."""

from __future__ import annotations

import json
import sys

import command_line
import model_server
import pytest
from model_server import KEY, call, calls
from yahoo_server import Answer

from sentiment.cli import doctor, second_reading
from sentiment.research import library

ETHER = "Ether will rise to 4,000 by 31 March 2087."
STARS = "We think bitcoin has its name written in the stars by 31 March 2087."


@pytest.fixture
def server(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with model_server.serving() as serving:
        for name, value in serving.settings().items():
            monkeypatch.setenv(name, value)
        yield serving


def add(tmp_path, *words, stdin=b"", check=True):
    path = tmp_path / "note.txt"
    path.write_text(f"{ETHER} {STARS} If rates fall, bitcoin could reach 900,000 by March 2087.", encoding="utf-8")
    origin = ("--publisher", "House", "--published", "2026-11-25", "--by", "Ann")
    return command_line.run("notes", "add", str(path), *origin, *words, stdin=stdin, check=check)


@pytest.mark.parametrize(("answer", "kept"), [(b"y\n", ["", "reader-7b"]), (b"n\n", [""])])
def test_a_person_at_the_terminal_says_which_proposals_are_taken(server, tmp_path, monkeypatch, answer, kept):
    monkeypatch.setattr(second_reading, "somebody_is_there", lambda: True)
    server.answer = calls(
        call(STARS), call("If rates fall, bitcoin could reach 900,000 by March 2087."), call("No such words.")
    )
    done = add(tmp_path, "--second-reader", stdin=answer)
    told, asked = done.stdout.decode(), done.stderr.decode()
    assert f"asking reader-7b at {server.host}: 169 characters are sent" in asked
    assert "a rise of BTC-USD by 2087-03-31; take it? [y/N]" in asked
    assert "“if” sets a condition" in told
    assert "1 dropped, because the quotes are not in the text" in told
    note = next(note for note in library.library() if note.publisher == "House")
    assert [one.proposed_by for one in note.calls] == kept
    shown = command_line.run("notes", "show", note.id).stdout.decode()
    assert ("Proposed by the model reader-7b and confirmed by a person." in shown) == (len(kept) > 1)


def test_without_a_person_nothing_is_taken_and_without_the_option_nothing_is_sent(server, tmp_path):
    server.answer = calls(call(STARS))
    (row,) = json.loads(add(tmp_path, "--second-reader", "--dry-run", "--format", "json").stdout)
    assert row["status"] == "readable"
    assert "nobody was there to say yes" in row["reason"]
    add(tmp_path)
    assert len(server.asked) == 1
    note = next(note for note in library.library() if note.publisher == "House")
    assert [one.proposed_by for one in note.calls] == [""]


def test_a_model_that_fails_leaves_the_reading_of_the_rules_and_a_warning(server, tmp_path):
    server.answer = Answer(500, KEY.encode())
    tried = add(tmp_path, "--second-reader", "--dry-run", "--format", "json", check=False)
    (row,) = json.loads(tried.stdout)
    assert (row["status"], tried.returncode) == ("readable", 3)
    assert row["warning"].startswith("the second reader failed, so the text is read by the rules alone: 127.0.0.1")
    done = add(tmp_path, "--second-reader", check=False)
    assert done.returncode == 3
    assert done.stdout.startswith(b"saved ")
    assert b"read by the rules: " in done.stdout
    assert b"warning: " in done.stderr
    assert b"HTTP 500" in done.stderr
    assert KEY.encode() not in done.stdout + done.stderr
    plain = add(tmp_path)
    assert plain.stdout.startswith(b"unchanged "), "the note is as without the option"
    assert plain.returncode == 0
    assert done.stdout.partition(b": ")[2] == plain.stdout.partition(b": ")[2]


@pytest.mark.usefixtures("server")
def test_a_model_that_is_not_set_is_asked_for_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.delenv("SENTIMENT_MODEL")
    monkeypatch.delenv("SENTIMENT_MODEL_URL")
    done = add(tmp_path, "--second-reader", check=False)
    assert done.returncode == 2
    assert b"name one in SENTIMENT_MODEL_URL and SENTIMENT_MODEL" in done.stderr
    assert not any(note.publisher == "House" for note in library.library())


def second_reader():
    (one,) = doctor._second_reader()  # noqa: SLF001 - all checks together ask for prices too
    assert KEY not in str(one)
    return one


def test_doctor_tells_whether_it_is_set_and_answers(server, monkeypatch):
    one = second_reader()
    assert one.state == "ok"
    assert f"texts go to reader-7b at {server.host} when somebody asks it" in one.found
    assert "has reader-7b" in one.found
    assert [path for path, _, _ in server.asked] == ["/v1/models"], "no text is sent"
    monkeypatch.setenv("SENTIMENT_MODEL", "reader-70b")
    assert "does not list reader-70b" in second_reader().found
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "json_repair", None)
        assert (second_reader().state, "sentiment-dashboard[model]" in second_reader().found) == ("warning", True)
    monkeypatch.setenv("SENTIMENT_MODEL_URL", "http://127.0.0.1:9/v1")
    assert "cannot be reached" in second_reader().found
    monkeypatch.setenv("SENTIMENT_OFFLINE", "1")
    assert second_reader().state == "ok"
    monkeypatch.delenv("SENTIMENT_MODEL")
    assert list(doctor._second_reader()) == []  # noqa: SLF001 - as above; the check of the settings tells it
    assert any("SENTIMENT_MODEL is not" in one.found and one.state == "broken" for one in doctor._settings())  # noqa: SLF001
    monkeypatch.delenv("SENTIMENT_MODEL_URL")
    assert "off: no model is set" in second_reader().found
