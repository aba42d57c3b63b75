"""Reading notes: how many a second."""

from __future__ import annotations

from bench.figure import Figure, at_least
from bench.timing import interleaved
from sentiment.research import library, text

PART = "notes"


def measure(*, quick: bool = False) -> list[Figure]:
    bodies = [note.body for note in library.library()] * (1 if quick else 20)
    sentences = [part.strip() for body in bodies for part in body.split(". ") if part.strip()]
    cases = {
        "bodies": lambda: [text.annotate(body) for body in bodies],
        "sentences": lambda: [text.annotate(sentence) for sentence in sentences],
    }
    times = interleaved(cases, 1 if quick else 5)
    size = sum(map(len, bodies)) / len(bodies)
    return [
        Figure(PART, f"whole notes of {size:,.0f} characters", len(bodies) / times["bodies"].least, "a second"),
        at_least(PART, "sentences", len(sentences) / times["sentences"].least, "a second", 5_000),
    ]
