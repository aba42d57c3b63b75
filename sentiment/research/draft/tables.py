"""Tables in a text, flattened to rows and cells: "BTC | 120,000 | 6 months"."""

from __future__ import annotations

import re
from typing import Final

# A table or a row with one of these lists contracts, levels, cases or the forecasts of others.
_OTHERS: Final = re.compile(
    r"\b(?:calls?|puts?|strikes?|expiry|expires|open interest|bid|ask|yes|no|contracts?|futures|forwards?|options?|implied|banks?|brokers?|houses?"
    r"|firms?|analysts?|consensus|street|scenarios?|cases?|events?|resistance|support|last|high|low|previous|actual|source)\b",
    re.IGNORECASE,
)
_CELLS: Final = 2  # marks between three cells


def flattened(text: str) -> str:
    """Return a text of the same length in which each row of a table of forecasts is a sentence, its cells stand between commas, and others are blank."""
    if "|" not in text:
        return text
    shown, table = list[str](), list[str]()
    for line in [*text.split("\n"), ""]:
        if "|" in line:
            table.append(line)
            continue
        shown += _rows(table)
        table.clear()
        shown.append(f"{line}\n")
    return "".join(shown)[: len(text)]


def _rows(table: list[str]) -> list[str]:
    if not table:
        return []
    if len(table) > 1 and _OTHERS.search(table[0]):
        return [f"{' ' * len(line)}\n" for line in table]
    rows = [
        " " * len(line) if _OTHERS.search(line) else line.replace("|", ",") if line.count("|") >= _CELLS else line
        for line in table
    ]
    return [*(f"{row};" for row in rows[:-1]), f"{rows[-1]}\n"]
