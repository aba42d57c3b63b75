"""What to compute for a universe: which symbols, seen from when, with which weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from sentiment.errors import BadRequestError, InputError
from sentiment.market import assets, providers
from sentiment.scoring.weights import format_weights
from sentiment.universe.partitions import PartitionTask, code, inputs_digest

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sentiment.models import Weights

PARTITION = 64
"""Assets in a partition: seconds of work, so losing one costs little, and megabytes of output, worth a round trip."""


@dataclass(frozen=True, slots=True)
class UniverseRequest:
    """What to compute.

    Attributes
    ----------
    symbols : tuple of str
        The assets to score.
    whole_store : bool
        Whether they are all available assets, so that new ones may join in later runs.
    as_of, known_at : date or None, datetime or None
        Last day scored, and the instant at which everything must have been known.
    weights : tuple of (str, float)
        Component weights that differ from the default.
    partition_size : int
        Assets in a partition.
    """

    symbols: tuple[str, ...]
    whole_store: bool = False
    as_of: date | None = None
    known_at: datetime | None = None
    weights: Weights = ()
    partition_size: int = PARTITION

    def tasks(self) -> list[PartitionTask]:
        """Divide the symbols into partitions, each with the digest of its inputs as saved now."""
        size = self.partition_size
        groups = [self.symbols[start : start + size] for start in range(0, len(self.symbols), size)]
        tasks = [
            PartitionTask(number, group, self.as_of, self.known_at, self.weights, code())
            for number, group in enumerate(groups)
        ]
        return [replace(task, inputs=inputs_digest(task)) for task in tasks]

    def as_json(self) -> dict[str, Any]:
        """Return the request in the form of the manifest."""
        fields = {
            "assets": "all at hand" if self.whole_store else "listed",
            "symbols": self.symbols,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "weights": format_weights(self.weights),
            "partition_size": self.partition_size,
        }
        plain: dict[str, Any] = orjson.loads(orjson.dumps(fields))
        return plain


def available_symbols() -> tuple[str, ...]:
    """List the symbols of all assets with saved or bundled prices."""
    return assets.names()


def read_tickers(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read a list of tickers: one per line, ``#`` begins a comment.

    Returns
    -------
    tuple
        The unique symbols in their order, and a message for each line that repeats an earlier one.

    Raises
    ------
    InputError
        If the file cannot be read, has no ticker, or a line is not a ticker; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start})") from None
    first_line: dict[str, int] = {}
    repeats = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            symbol = providers.normalize(text)
        except BadRequestError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
        if symbol in first_line:
            repeats.append(
                f"{path}, line {number}: {symbol} is already in line {first_line[symbol]}; it is scored once"
            )
        first_line.setdefault(symbol, number)
    if not first_line:
        raise InputError(f"{path} names no ticker; write one per line")
    return tuple(first_line), tuple(repeats)
