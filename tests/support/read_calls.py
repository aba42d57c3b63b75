"""How well calls are read: our own labelled sentences and notes, and what the rules draft from them.

`tests/data/calls.csv` holds the texts. Each expected call is "asset direction last-day", then `target=`, `floor=`, `ceiling=`,
`invalidation=`, `probability=` and `by=` where stated; `by` marks a forecast of somebody else. A text is held out if the first byte
of the SHA-256 of its text is odd, so nobody can move it. The rules are developed on the others.
"""

import csv
import hashlib
from datetime import date
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "data"
NUMBERS = ("target", "floor", "ceiling", "invalidation", "probability")


class Row(NamedTuple):
    """A labelled text: `own` and `others` hold the expected calls of the publisher and of others, as dictionaries."""

    kind: str
    voice: str
    published: date
    text: str
    own: list
    others: list

    @property
    def split(self):
        return "held" if hashlib.sha256(self.text.encode()).digest()[0] % 2 else "development"


def rows():
    with (DATA / "calls.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(row["kind"], row["voice"], date.fromisoformat(row["published"]), row["text"], *_labels(row["calls"]))
            for row in csv.DictReader(file)
        ]


def _labels(text):
    own, others = [], []
    for label in filter(None, text.split("; ")):
        asset, direction, end, *rest = label.split()
        fields = dict(part.split("=", 1) for part in rest)
        by = fields.pop("by", "").replace("_", " ")
        call = {"asset": asset, "direction": direction, "end": end, "by": by}
        call |= {name: float(fields[name]) if name in fields else None for name in NUMBERS}
        (others if by else own).append(call)
    return own, others


def prices():
    """Return the price of the day by day and asset."""
    with (DATA / "call_prices.csv").open(encoding="utf-8", newline="") as file:
        return {(date.fromisoformat(row["day"]), row["asset"]): float(row["price"]) for row in csv.DictReader(file)}


def close(a, b):
    return a is b or (a is not None and b is not None and abs(a - b) <= abs(b) * 0.005)


def same(call, label):
    return (call.asset, call.direction, call.end.isoformat()) == (label["asset"], label["direction"], label["end"])


def complete(call, label):
    return all(close(getattr(call, name), label[name]) for name in NUMBERS)
