"""Words from outside, wherever they are shown, exported or printed: they are text, all of it, and do nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
from csv_table import read_csv
from markdown_it import MarkdownIt

from sentiment.cli import options
from sentiment.errors import NoteError
from sentiment.formatting import visible
from sentiment.models import Claim, Metric, Selection
from sentiment.research import frontmatter, grading, library, text
from sentiment.research.call_record import Entry, Record
from sentiment.tables import export, note_tables
from sentiment.tables.records.notes import TABLE as NOTES
from sentiment.web import markup, report
from sentiment.web.report import notes, page
from torture import outcome
from torture.outcome import Attack, Outcome
from torture.payloads import ALL, EVENTS, FORMULAS, SCRIPTS

DAY = date(2025, 12, 20)
TAGS = {
    "html": frozenset(
        [
            "p",
            "ul",
            "ol",
            "li",
            "em",
            "strong",
            "blockquote",
            "h3",
            "h4",
            "h5",
            "h6",
            "code",
            "pre",
            "br",
            "hr",
            "a",
            "mark",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        ]
    ),
    "label": frozenset({"b", "br"}),
    "entry": frozenset(["article", "div", "span", "dl", "dt", "dd", "details", "summary", "small", "caption"]),
}
ATTRIBUTES = frozenset({"class", "title", "href", "rel"})
OURS = frozenset({"open", "aria-hidden", "aria-label", "role", "tabindex", "scope"})
"""Attributes of our own markup around a note, where no word from outside names one."""
STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
TEXTS = tuple(one.name for one in NOTES.columns if one.kind == "text")


class Seen(HTMLParser):
    """Every tag of an HTML text with its attributes, and the words between them, as a browser has them."""

    def __init__(self, markup_text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(markup_text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data[:80]!r}")


def harmless(markup_text, tags):
    seen = Seen(markup_text)
    for tag, attributes in seen.tags:
        assert tag in tags, f"<{tag}> in {markup_text[:200]!r}"
        assert set(attributes) <= (ATTRIBUTES | OURS if "article" in tags else ATTRIBUTES), (
            f"{attributes} in {markup_text[:200]!r}"
        )
        assert re.match(r"https://[^/]", attributes.get("href") or "https://x", re.IGNORECASE), attributes
    words = "".join(seen.words)
    assert not steering(words), steering(words)
    return words


def steering(said):
    """Characters that no eye sees, or that steer a terminal; line ends and tabs are white space."""
    return {f"U+{ord(one):04X}" for one in said if unicodedata.category(one) in STEERING and one not in "\n\t"}


def payload(dice):
    """One text from outside, alone or with another beside or inside it."""
    one, other = dice.pick(ALL), dice.pick(ALL)
    place = dice.below(len(one) + 1)
    return dice.pick(
        (
            one,
            one,
            f"{one}{other}",
            f"{one}\n\n{other}",
            f"- {one}\n  {other}",
            one[:place] + other + one[place:],
            f"| {one} | {other} |\n|---|---|\n| {other} | {one} |",
        )
    )


def shown(dice):
    """As a note's body, as words on a page, in a pin, in a report's entry."""
    said = payload(dice)
    harmless(markup.html(said, text.annotate(said).findings), TAGS["html"])
    harmless(page.environment().from_string("{{ said }}").render(said=said), frozenset())
    plain = markup.plain(said)
    inside = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parseInline(plain)[0].children
    assert {token.type for token in inside} <= {"text"}, [token.type for token in inside]
    address = dice.pick((said, f"https://{said}", f"https://x.example/{said}", f"https://x.example/){said}"))
    one_link = MarkdownIt("commonmark").parseInline(markup.link("source", address))[0].children
    assert [token.type for token in one_link] in (["text"], ["link_open", "text", "link_close"]), address
    assert re.match(r"https?://[^/]", one_link[0].attrs.get("href") or "https://x", re.IGNORECASE), address
    told = "".join(token.content for token in inside).replace("\u2060", "")
    assert told == " ".join(visible(said).split()), "plain shows something else"
    if dice.chance(0.2):
        note = written(said)
        calls = [
            Entry(note, call, grading.grade(call, note, DAY), Record.KEPT, None, None, None) for call in note.calls
        ]
        drawn = page.render("note.html.j2", Path(page.__file__).parent, entry=notes.context(note, calls, None, {}))
        harmless(drawn, TAGS["html"] | TAGS["entry"])
        for label in note_tables.marks([note], DAY)["label"]:
            harmless(label, TAGS["label"])
    return "texts"


def written(said):
    """A note that says it everywhere, as far as the schema lets it."""
    line = " ".join(said.split()) or "x"
    first = library.find("k33-2025-12-02")
    call = replace(first.calls[0], text=line)
    metric = Metric(line, 1.0, line, line)
    return replace(
        first, id="from-outside", title=line, publisher=line, author=f"{line}.", source=line, themes=(line,), body=said, claims=(Claim(line),), calls=(call,), metrics=(metric,)
    )  # fmt: skip


def letters(dice):
    """Markup is not only harmless: every letter of it is shown."""
    said = dice.pick([one for one in (*SCRIPTS, *EVENTS) if not set("&`*_[\\%\0") & set(one)])
    words = harmless(markup.html(said), TAGS["html"])
    kept = [one for one in visible(said) if one.isalnum()]
    assert [one for one in words if one.isalnum()] == kept, words
    return "texts"


def table(dice):
    """In the cells of an exported table: safe for a spreadsheet, and read back as it was."""
    rows = [
        {name: dice.pick(FORMULAS) if dice.chance(0.5) else payload(dice) for name in TEXTS}
        for _ in range(1 + dice.below(4))
    ]
    whole = [{one.name: 0.5 for one in NOTES.columns} | row for row in rows]
    frame = pd.DataFrame(whole).astype(dict.fromkeys(TEXTS, "str"))
    made = export.to_csv(frame)
    pd.testing.assert_frame_equal(read_csv(made, NOTES), frame, check_exact=True)
    try:
        cells = [cell for line in csv.reader(io.StringIO(made, newline=""), strict=True) for cell in line]
    except csv.Error as error:
        assert "NUL" in str(error), error
    else:
        assert len(cells) == frame.shape[1] * (len(frame) + 1), "a cell is two"
        risky = [cell for cell in cells if re.match("[-=+@\t\r\n＝＋－＠]", cell)]
        assert not risky, risky
        for separator in ";\t":
            lines = csv.reader(io.StringIO(made, newline=""), delimiter=separator)
            split = [cell for line in lines for cell in line if re.match("[=+@＝＋－＠]", cell)]
            assert not split, (separator, split)
    return "tables"


def printed(dice):
    """On a terminal: as words, as the line that says what is wrong, and as JSON."""
    said = payload(dice)
    for show in (options.say, lambda words: options.print_json({"said": words, words: [words]})):
        with redirect_stdout(io.StringIO()) as out:
            show(said)
        assert not steering(out.getvalue()), steering(out.getvalue())
    assert json.loads(out.getvalue()) == {"said": said, said: [said]} or said == "said"
    with redirect_stderr(io.StringIO()) as out:
        try:
            options.fail(said, 2)
        except SystemExit as end:
            assert end.code == 2
    assert not steering(out.getvalue()), steering(out.getvalue())
    assert out.getvalue().count("\n") == 1
    return "texts"


def kept(dice):
    """As a note that is saved: refused in one line, or read back as it was, in every field."""
    try:
        note = written(payload(dice))
        source = frontmatter.write(note)
    except NoteError as error:
        assert "\n" not in str(error)
        return "refused"
    assert frontmatter.parse(source, "it") == note
    return "kept"


ATTACKS = (
    Attack("on pages and in reports", 8_000, shown, slow=3.0),
    Attack("every letter shown", 500, letters),
    Attack("in tables and back", 6_000, table),
    Attack("on a terminal", 8_000, printed),
    Attack("in a note's file", 4_000, kept),
)


def reports(scale, seed):
    """Whole reports of notes that say such things in every field hold no element that a report without them does not."""
    begun, failed = time.perf_counter(), []
    count = max(1, round(120 * scale))
    for case in range(count):
        dice = outcome.Dice(seed, case)
        with outcome.own_folder():
            for number in range(2 if scale < 0.1 else 8):
                try:
                    source = frontmatter.write(replace(written(payload(dice)), id=f"from-outside-{number}"))
                except NoteError:
                    continue
                library.add(source, "it", who="somebody", why="torture")
            page = report.html(Selection(as_of=DAY), "http://localhost:8501/", datetime.now(UTC))
        failed += [f"case {case}: {said}" for said in _strange(page)]
    return Outcome("whole reports", count, len(failed), time.perf_counter() - begun, examples=tuple(failed[:5]))


def _strange(page):
    """Scripts and styles beyond the report's own, handlers, and addresses that are loaded."""
    seen = Seen(re.sub(r"<!doctype html>", "", page, flags=re.IGNORECASE))
    kinds = [tag for tag, _ in seen.tags]
    found = [
        f"<{tag}>"
        for tag in ("img", "iframe", "object", "embed", "form", "base", "svg", "video", "audio", "input", "template")
        if tag in kinds
    ]
    found += [
        f"{tag} {name}"
        for tag, attributes in seen.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "srcset", "style", "formaction"}
    ]
    found += [
        f"{tag} to {attributes['href'][:60]}"
        for tag, attributes in seen.tags
        if not re.match(r"https?://|#|data:image/", attributes.get("href") or "#")
    ]
    runs = [
        attributes
        for tag, attributes in seen.tags
        if tag == "script" and attributes.get("type") in {None, "module", "text/javascript"}
    ]
    return found + ([f"{len(runs)} scripts that run"] if len(runs) != SCRIPTS_OF_A_REPORT else [])


SCRIPTS_OF_A_REPORT = 1


def run(scale, seed):
    return [*outcome.run(ATTACKS, scale, seed), reports(scale, seed)]
