"""Measure how sentences with a known tone are read: a row a kind of text, and by construction. Used by `scripts/read-check`."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sentiment.research import text
from sentiment.research.text import accuracy

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"
KINDS = {
    "analyst": accuracy.ANALYST,
    "desk": "crypto desk notes",
    "news": "market news",
    "results": "company results",
    "company": "company announcements, plain",
    "crypto": "crypto headlines",
    "central bank": accuracy.CENTRAL_BANK,
}


def rows(split="held"):
    """Return the labelled sentences of a split, plain ones and those that turn on how words combine."""
    found = []
    for name in ("composed_sentences", "tone_sentences"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found += [row for row in csv.DictReader(file) if row["split"] == split]
    return found


def measured(labelled, field="genre"):
    """Return the figures of each kind of sentence: how many, and the shares read right, with the wrong sign, and not at all."""
    counts = {}
    for row in labelled:
        label, read = row["label"], text.annotate(row["text"]).label
        count = counts.setdefault(row.get(field) or "plain", Counter())
        signed = label in {"positive", "negative"}
        count["sentences"] += 1
        count["right"] += read == label if signed else read in {"neutral", "unread"}
        count["wrong"] += {read, label} == {"positive", "negative"}
        count["signed"] += signed
        count["unread"] += signed and read == "unread"
    return {
        name: {
            "sentences": count["sentences"],
            "right": round(count["right"] / count["sentences"], 3),
            "wrong": round(count["wrong"] / count["sentences"], 3),
            "unread": round(count["unread"] / max(count["signed"], 1), 3),
        }
        for name, count in counts.items()
    }


def kept():
    """Return the rows for the package, in the order of `KINDS`."""
    found = measured(rows())
    return [{"kind": kind, **found[genre]} for genre, kind in KINDS.items()]


def write():
    """Keep the figures in the package, with the day of the measurement."""
    lines = ",\n  ".join(json.dumps(row) for row in kept())
    accuracy.FILE.write_text(f'{{"day": "{datetime.now(UTC):%Y-%m-%d}", "rows": [\n  {lines}\n]}}\n', encoding="utf-8")


def printed(found, first):
    """Print figures as a table."""
    print(f"| {first} | sentences | right | wrong sign | a sign unread |\n| --- | ---: | ---: | ---: | ---: |")
    for name, row in found.items():
        print(f"| {name} | {row['sentences']} | {row['right']:.0%} | {row['wrong']:.0%} | {row['unread']:.0%} |")


def main():
    """Print the figures by kind of text and by construction, of the sentences that no rule was made on."""
    held = rows()
    composed = [row for row in held if "construction" in row]
    printed(measured(held), "kind of text")
    print()
    printed(measured(composed, "construction"), "construction")
    every = measured(composed, "split")["held"]
    print(
        f"\nOf {every['sentences']} hard sentences {every['right']:.0%} right, {every['wrong']:.0%} with the wrong sign.\n"
    )
