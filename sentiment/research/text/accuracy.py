"""How often the rules are right, by kind of text: the figures that `scripts/read-check --write` keeps in accuracy.json."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentiment.formatting import number, plain_day

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).with_name("accuracy.json")
HEADER = ("Kind of text", "Sentences", "Right", "Wrong sign", "A sign unread")
ANALYST, CENTRAL_BANK = "analyst notes", "central bank statements"


class Measured(NamedTuple):
    """How sentences of a kind of text were read that no rule was made on.

    Attributes
    ----------
    kind : str
        The kind of text.
    sentences : int
        How many there are.
    right, wrong : float
        Shares: read as a person labelled them, where neutral and unread both have no sign; read with the opposite sign.
    unread : float
        Share of those with a sign in which no cue was found.
    """

    kind: str
    sentences: int
    right: float
    wrong: float
    unread: float


class Accuracy(NamedTuple):
    """What was measured: the day, and a row a kind of text."""

    day: date
    rows: Sequence[Measured]


@cache
def measured() -> Accuracy:
    """Return the figures of the last measurement that was kept."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return Accuracy(date.fromisoformat(content["day"]), tuple(Measured(**row) for row in content["rows"]))


def of(kind: str) -> Measured:
    """Return the row of a kind of text."""
    return next(row for row in measured().rows if row.kind == kind)


def sentence(*, central_bank: bool) -> str:
    """Return how far a reading can be trusted, in words: of analyst notes, or a warning where a central bank speaks."""
    row = of(CENTRAL_BANK if central_bank else ANALYST)
    figures = f"{number(row.right, '.0%')} right, {number(row.wrong, '.0%')} with the wrong sign"
    if central_bank:
        return (
            "This is the language of central banks: do not rely on the sign, because what is bad for growth can be good for rates, and "
            f"the rules cannot tell which is meant. On {row.sentences} test sentences of that kind such readings are {figures}."
        )
    return f"On {row.sentences} hard test sentences of {row.kind} such readings are {figures}."


def cells(row: Measured) -> tuple[str, ...]:
    """Return a row as text below `HEADER`."""
    return (row.kind, str(row.sentences), *(number(share, ".0%") for share in (row.right, row.wrong, row.unread)))


def markdown() -> str:
    """Return the whole table as docs/notes.md shows it."""
    lines = [f"| {' | '.join(HEADER)} |", f"| --- |{' ---: |' * (len(HEADER) - 1)}"]
    lines += [f"| {' | '.join(cells(row))} |" for row in measured().rows]
    return "\n".join([*lines, "", caption()]) + "\n"


def caption() -> str:
    """Return how the figures were measured."""
    return (
        f"Measured on {plain_day(measured().day)} with scripts/read-check, on sentences that we wrote and labelled and that no rule was "
        "made on. Most of them are hard: their tone turns on how the words combine."
    )
