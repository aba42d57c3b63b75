"""Notes mutated by what YAML and Markdown can say: read or refused in one clear line, in time that grows as the text does."""

from __future__ import annotations

import gc
import re
import time
import tracemalloc
from contextlib import suppress
from functools import cache

from sentiment import files
from sentiment.errors import NoteError
from sentiment.models import Selection
from sentiment.research import frontmatter, library, text
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export
from sentiment.web import markup
from torture import outcome
from torture.outcome import ALONE, Attack, Outcome
from torture.payloads import ALL

SAVED_ONE_IN = 12
SCORED_ONE_IN = 150
ROUNDS = 60
YAML = (
    "&a [x]", "*a", "<<: *a", "<<: {a: b}", "!!python/object/apply:os.system [x]", "!!binary aGk=", "!!set {a}", "!<tag:x> y", "? a\n: b", "? [a]\n: b", "[a, b, [c]]", "{a: {b: {c: d}}}",
    "|\n  literal\n  text", ">-\n  folded\n  text", "|9\n  x", '"\\ud800"', '"\\UFFFFFFFF"', '"\\x00"', '"\\N\\_\\L\\P"', "'it''s'", '"open', "'open", "[open", "{open", "%YAML 1.2", "%TAG ! tag:x:", "...", "---",
    "--- x", "# comment", "a: b: c", "- - - a", "~", "null", "yes", "no", "ON", "0o17", "0x1F", "1_000", "1e5", ".inf", "-.nan", "12:30:45", "2025-12-02", "2001-11-23 15:01:42 -5", "=", "@x", "`x", "\t- x",
    "[" * 400, "{" * 400, "- " * 400, "? " * 400, "[{" * 200, ": " * 400, "[" * 15_000, "a: " * 5_000, "x" * 15_000, '"' + "\\u0041" * 2_000 + '"', "!" * 5_000, "&" + "a" * 5_000, "[" + "a," * 5_000,
)  # fmt: skip
VALUES = (
    "2025-12-31", "1899-12-31", "2199-12-31", "2024-02-29", "2023-02-29", "２０２５-12-31", "0", "-0", "0.5", "-1", "1", "2", "1e9", "999999999999999", "1000000000000000", "0.000000000001", "٣", "true", "false",
    "up", "down", "range", "bullish", "bearish", "neutral", "BTC-USD", "^VIX", "btc", "minute", "day", "2025-12-02T15:33:00Z", "2025-12-02T15:33:00", "2199-12-31T23:59:59-23:59", "1900-01-01T00:00:00+23:59",
    "2025-12-02T15:33:00.1234567Z", "2025-12-02 15:33Z", "support", "https://example.com/x", "https://", "javascript:alert(1)", "3650", "3651", "[]", "{}", '""', "''", " ",
)  # fmt: skip
UNNAMED = re.compile(r"characters; a(t| note has at) most|more than [\d,]+ parts|nested too deeply")
"""What is wrong with a header as a whole stands on no line of its own."""


@cache
def real():
    return tuple(path.read_text("utf-8") for path in sorted(files.NOTES.glob("*.md")))


def mutated(dice):
    """Change a real note a little, or a little more."""
    source = dice.pick(real())
    for _ in range(1 if dice.chance(0.5) else 2 + dice.below(3)):
        source = dice.pick(CHANGES)(source, dice)
    return source


def _lines(change):
    def changed(source, dice):
        lines = source.split("\n")
        header = lines.index("---", 1) if "---" in lines[1:] else len(lines) - 1
        place = dice.below(max(1, header))
        change(lines, place, dice)
        return "\n".join(lines)

    return changed


def _swap(lines, place, dice):
    other = dice.below(len(lines))
    lines[place], lines[other] = lines[other], lines[place]


def _new_value(lines, place, dice):
    start, colon, _ = lines[place].partition(": ")
    if colon:
        lines[place] = f"{start}: {_said(dice)}"


def _said(dice):
    return dice.pick((dice.pick(VALUES), dice.pick(VALUES), dice.pick(YAML), dice.pick(ALL), dice.text(40)))


def _indent(lines, place, dice):
    lines[place] = dice.pick(("  ", " ", "\t", "- ", "")) + lines[place].removeprefix("  ")


def _new_name(lines, place, dice):
    _, colon, value = lines[place].partition(":")
    lines[place] = f"{dice.pick(('id', 'calls', 'tone', 'body', 'levels', dice.text(10)))}{colon}{value}"


def _spliced(source, dice):
    other = dice.pick(real())
    return source[: dice.below(len(source) + 1)] + other[dice.below(len(other)) :]


def _letters(source, dice):
    place = dice.below(len(source) + 1)
    return source[:place] + dice.text(8) + source[place + dice.below(4) :]


def _body(source, dice):
    return source + "\n\n" + dice.pick(("\n", " ", "")).join([dice.pick(ALL)] * (1 + dice.below(30)))


CHANGES = (
    _lines(lambda lines, place, _: lines.pop(place)),
    _lines(lambda lines, place, _: lines.insert(place, lines[place])),
    _lines(lambda lines, place, dice: lines.insert(place, _said(dice))),
    _lines(_swap),
    *(_lines(_new_value),) * 4,
    _lines(_indent),
    _lines(_new_name),
    _spliced,
    _letters,
    *(_body,) * 2,
    lambda source, dice: source[: dice.below(len(source))],
    lambda source, dice: source.replace("\n", dice.pick(("\r\n", "\r", "\n\n", "\u2028"))),
    lambda source, dice: source.replace(source[dice.below(len(source)) :][:1] or "x", dice.text(2), 1 + dice.below(3)),
)


def note(dice):
    """Hold a text to the law of notes: read and written again as it is, or refused in a line that says where."""
    source = mutated(dice)
    try:
        found = frontmatter.parse(source, "it")
    except NoteError as error:
        refused(str(error), source)
        return "refused"
    found.title.encode()
    try:
        assert frontmatter.parse(frontmatter.write(found), "again") == found
    except NoteError as error:
        assert "without loss" in str(error) or UNNAMED.search(str(error)), f"read, but not written again: {error}"
    shown = markup.html(found.body, text.annotate(found.body).findings)
    assert not re.search(r"<(script|img|svg|iframe|style|object)|<[^>]*\son\w+=|href=\"(?!https://)", shown), shown[
        :200
    ]
    if dice.chance(1 / SAVED_ONE_IN):
        saved(found, source, scored=dice.chance(SAVED_ONE_IN / SCORED_ONE_IN))
        return "saved"
    return "read"


def refused(said, source):
    assert "\n" not in said, said
    assert len(said) < 600, f"{len(said)} characters: {said[:200]}"
    assert said.startswith("it"), said
    said.encode()
    line = re.match(r"it, line (\d+)", said)
    assert line or UNNAMED.search(said), f"names no line: {said}"
    last = len(source.splitlines()) + 2
    assert line is None or 1 <= int(line[1]) <= last, f"line {line[1]} of {last - 2}: {said}"


def saved(found, source, *, scored):
    """Save a note beside the others: it reads back as its very bytes, and the others stay."""
    ours = {one.id for one in library.bundled()}
    added = library.add(source, "it", who="somebody", why="torture")
    assert library.file(found.id) == source
    assert library.find(found.id) == found
    assert {one.id for one in library.library()} >= ours | {found.id}
    if scored:
        assert len(score(load_inputs("BTC-USD"), last=3).axes) == 3
        for name in ("notes", "claims", "calls", "publishers"):
            export.to_csv(export.table(name, Selection()))
    if added.version and added.version.sequence >= ROUNDS:  # every save reads them all
        for path in files.saved().glob("notes.sqlite*"):
            path.unlink()


ATTACKS = (Attack("headers and bodies mutated", 50_000, note),)

GROWING = {
    "flow lists": "[", "flow maps": "{", "block lists": "- ", "keys": "? ", "commas": "[a,", "escapes": "\\u0041", "quotes": "'", "colons": "a: ", "tags": "! ", "comments": "#\n", "new keys": "a: b\n",
    "emphasis": "*a_", "brackets": "[a](", "images": "![", "backticks": "`a", "quotes of quotes": "> ", "tables": "|a", "links": "<https://a", "entities": "&#x41;", "html": "<a ", "fences": "```\n", "stars": "*", "tildes": "~",
    "fear": "fear ", "not fear": "not ", "levels": "$100,000 ", "days": "in the next 90 days ", "commas and ands": "up, and down, ", "digits": "1", "accents": "a\u0301", "hidden": "\u202e", "lines": "\n", "dots": ". ",
}  # fmt: skip
"""Pieces that are repeated, each a way that parsers are known to hang by."""


def growth(quick):
    """Read every piece at two lengths, one about eight times the other: it may take about eight times as long, and bounded memory."""
    begun, failed, worst = time.perf_counter(), [], 0.0
    front = real()[0].split("\n---\n")[0]
    sizes, bodies = ((1_000, 4_000), (1_000, 8_000)) if quick else ((2_000, 15_500), (8_000, 64_000))
    for name, piece in GROWING.items():
        for part, lengths, read in (
            ("header", sizes, lambda source: _attempt(f"---\nid: {source}\n---\n")),
            ("body", bodies, lambda source: _shown(front, source)),
        ):
            took = [_seconds(read, (piece * length)[:length]) for length in lengths]
            ratio = (took[-1] + 0.02) / (took[0] + 0.02)  # what is over in no time has no ratio
            worst = max(worst, ratio / (lengths[-1] / lengths[0]))
            if ratio > 3 * lengths[-1] / lengths[0]:
                failed.append(f"{part} of {name} ({piece!r}): {took[0]:.2f} s to {took[-1]:.2f} s")
    tracemalloc.start()
    for piece in list(GROWING.values())[:: 12 if quick else 1]:
        _attempt(f"---\nid: {(piece * 16_000)[:16_000]}\n---\n")
        _shown(front, (piece * 60_000)[:60_000])
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    if peak > MOST_MEMORY:
        failed.append(f"{peak:.0f} MiB of memory for a note of 64 kB")
    note = f"worst growth {worst:.1f} times the text's, peak {peak:.0f} MiB"
    return Outcome(
        "time and memory as a text grows",
        2 * len(GROWING),
        len(failed),
        time.perf_counter() - begun,
        note,
        tuple(failed),
    )


MOST_MEMORY = 256


def _seconds(read, source):
    gc.disable()  # it would count everything that the process has, as timeit knows
    try:
        begun = time.thread_time()
        read(source)
        return time.thread_time() - begun
    finally:
        gc.enable()


def _attempt(source):
    with suppress(NoteError):
        frontmatter.parse(source, "it")


def _shown(front, source):
    _attempt(f"{front}\n---\n{source}")
    markup.html(source, text.annotate(source).findings)


def run(scale, seed):
    return [*outcome.run(ATTACKS, scale, seed), growth(quick=ATTACKS[0].count * scale <= ALONE)]
