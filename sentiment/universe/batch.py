"""Many assets at once: the scores of all their days in partitions, and a ranking, in a folder that a later run goes on from.

Only the process that was asked writes to the folder. A worker gives a partition back as bytes, so one that dies, or that was
given up and still lives, leaves nothing half done or double, and workers elsewhere need the saved data but not this folder.

::

    DIR/scores/part-00000.parquet   asset and the columns of the table `scores`, one row an asset and day
    DIR/ranking.parquet, .csv       the last day of each asset, the widest gap first; there once all partitions are
    DIR/unscored.csv                the assets that could not be scored, and why
    DIR/manifest.json               what was asked, with which code, and which partitions are done
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import files
from sentiment.errors import BadRequestError, ClusterError, InputError, SelectionError
from sentiment.market import assets, providers
from sentiment.scoring.weights import format_weights
from sentiment.tables import export
from sentiment.tables.records import ranking, unscored
from sentiment.universe import cluster
from sentiment.universe.partitions import Part, Task, code, compute, inputs_digest, last_days, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from sentiment.models import Weights

PARTITION = 64
"""Assets in a partition: seconds of work, so a lost one costs little, and megabytes of result, so each is worth its round trip."""

_FORMAT = 1
_RANKING = ranking.TABLE
_UNSCORED = unscored.TABLE


@dataclass(frozen=True, slots=True)
class Question:
    """What a universe is asked: of which symbols (`whole_store`: of all at hand), seen from when, with which weights."""

    symbols: tuple[str, ...]
    whole_store: bool = False
    as_of: date | None = None
    known_at: datetime | None = None
    weights: Weights = ()
    size: int = PARTITION

    def tasks(self) -> list[Task]:
        """Cut the symbols into partitions, each with the digest of what is saved for it now."""
        groups = [self.symbols[place : place + self.size] for place in range(0, len(self.symbols), self.size)]
        cut = [
            Task(number, group, self.as_of, self.known_at, self.weights, code()) for number, group in enumerate(groups)
        ]
        return [replace(task, inputs=inputs_digest(task)) for task in cut]

    def asked(self) -> dict[str, Any]:
        """Write the question as the manifest has it."""
        plain = {
            "assets": "all at hand" if self.whole_store else "listed",
            "symbols": self.symbols,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "weights": format_weights(self.weights),
            "partition_size": self.size,
        }
        as_json: dict[str, Any] = orjson.loads(orjson.dumps(plain))
        return as_json


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: partitions in all and those kept from before, rows, the ranking, what could not be scored.

    ``moved`` counts the partitions whose prices or notes were saved anew meanwhile: asking again brings them up to date.
    """

    partitions: int
    kept: int
    rows: int
    ranking: pd.DataFrame
    unscored: pd.DataFrame
    moved: int


def listed(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read a list of tickers: one a line, ``#`` begins a comment.

    Returns
    -------
    tuple
        The symbols in their order, each once, and what is to be told of lines that say again what others said.

    Raises
    ------
    InputError
        If it cannot be read, names none, or a line is no ticker, naming file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start})") from None
    first: dict[str, int] = {}
    again = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            symbol = providers.normalize(text)
        except BadRequestError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
        if symbol in first:
            again.append(f"{path}, line {number}: {symbol} stands already in line {first[symbol]}; it is scored once")
        first.setdefault(symbol, number)
    if not first:
        raise InputError(f"{path} names no ticker; write one a line")
    return tuple(first), tuple(again)


def run(
    question: Question,
    folder: Path,
    scheduler: str | None = None,
    *,
    fresh: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Outcome:
    """Answer a question in a folder: what is there of it and still holds is kept, the rest is computed.

    Parameters
    ----------
    question : Question
        What to answer.
    folder : Path
        Where; it is made where there is none.
    scheduler : str, optional
        As in `cluster.run`; without it everything is computed in this process.
    fresh : bool
        Whether to drop the answer that the folder holds.
    progress : callable
        Told how many partitions are done, of how many.

    Raises
    ------
    SelectionError
        If the folder holds something else, another process is at work in it, or it cannot be written.
    ClusterError
        If the workers cannot be reached, give up, or see other code or other prices and notes.
    StoreError, NoteError
        If the notes cannot be read.
    """
    with _Folder.opened(folder) as place:
        done = place.finished(question, fresh=fresh)
        tasks = question.tasks()
        kept = {task.number: done[task.number] for task in tasks if place.holds(task, done.get(task.number))}
        entries: dict[int, dict[str, Any]] = dict(kept)
        left = [task for task in tasks if task.number not in kept]
        place.begin(question, entries, len(tasks))
        progress(len(entries), len(tasks))
        for part in _computed(left, scheduler):
            entries[part.number] = place.keep(part)
            place.note(question, entries)
            progress(len(entries), len(tasks))
        ranking, unscored = place.ranked(len(tasks))
        moved = sum(entries[task.number]["inputs"] != task.inputs for task in tasks)
    rows = sum(entry["rows"] for entry in entries.values())
    return Outcome(len(tasks), len(kept), rows, ranking, unscored, moved)


def _computed(tasks: Sequence[Task], scheduler: str | None) -> Iterator[Part]:
    if scheduler is None or not tasks:
        yield from map(compute, tasks)
        return
    asked = {task.number: task for task in tasks}
    for part in cluster.run(compute, tasks, scheduler):
        # Other inputs than at the start may have been saved meanwhile; other ones than now are another machine's.
        if part.inputs not in (asked[part.number].inputs, inputs_digest(asked[part.number])):
            raise ClusterError(
                f"the worker on {part.host} sees other prices or notes than this machine; SENTIMENT_DATA_DIR is to name "
                "the same shared folder on all, and SENTIMENT_DATABASE_URL the same database"
            )
        yield part


class _Folder:
    """The folder of a universe, to which one process at a time writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.json"

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[_Folder]:
        """Hold the folder's lock."""
        from filelock import FileLock  # noqa: PLC0415 - a tenth of a second that who only reads a list need not pay

        if path.exists() and not path.is_dir():
            raise SelectionError(f"{path} is a file; name a folder to write to")
        manifest = path / "manifest.json"
        if path.is_dir() and not manifest.exists() and {one.name for one in path.iterdir()} - {".lock", "scores"}:
            raise SelectionError(f"{path} holds other files and no universe; name a new folder")
        lock = FileLock(path / ".lock", timeout=0)
        try:
            (path / "scores").mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except TimeoutError:
            raise SelectionError(f"another process is at work in {path}; wait for it, or name another folder") from None
        except OSError as error:
            raise _unwritable(path, error) from None
        try:
            yield cls(path)
        finally:
            lock.release()

    def finished(self, question: Question, *, fresh: bool) -> dict[int, dict[str, Any]]:
        """List the partitions that the folder holds of this question, as its manifest has them."""
        if fresh or not self.manifest.exists():
            return {}
        start_anew = "name another folder, or start anew in this one with --fresh"
        try:
            told = orjson.loads(self.manifest.read_bytes())
            there, done = told["asked"], {entry["number"]: entry for entry in told["partitions"]}
            if told["format"] != _FORMAT:
                raise SelectionError(f"{self.path} was written by another version of the program; {start_anew}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SelectionError(f"{self.manifest} cannot be read ({error}); {start_anew}") from None
        wanted = question.asked()
        if question.whole_store:  # a new ticker does not make it another question
            there = {**there, "symbols": wanted["symbols"]} if there["assets"] == wanted["assets"] else there
        if differs := [name for name in wanted if there.get(name) != wanted[name]]:
            raise SelectionError(
                f"{self.path} answers another question ({_difference(there, wanted, differs[0])}); {start_anew}"
            )
        return done

    def holds(self, task: Task, entry: dict[str, Any] | None) -> bool:
        """Tell whether the file of a partition is there as it was written, of the same inputs as now."""
        if entry is None or entry["inputs"] != task.inputs:
            return False
        try:
            return bool(_digest(self._part(task.number).read_bytes()) == entry["digest"])
        except FileNotFoundError:
            return False

    def begin(self, question: Question, entries: dict[int, dict[str, Any]], count: int) -> None:
        """Take away what no longer holds, so that whatever is in the folder belongs together."""
        self.note(question, entries)
        names = {self._part(number) for number in entries}
        stale = {one for one in (self.path / "scores").glob("part-*.parquet") if one not in names}
        if len(entries) < count:
            stale |= {self.path / name for name in ("ranking.parquet", "ranking.csv", "unscored.csv")}
        for one in (*stale, *self.path.glob("*.tmp"), *self.path.glob("scores/*.tmp")):
            one.unlink(missing_ok=True)

    def keep(self, part: Part) -> dict[str, Any]:
        """Write a partition, and say what the manifest is to say of it."""
        self._write(self._part(part.number), part.content)
        return {
            "number": part.number,
            "file": self._part(part.number).relative_to(self.path).as_posix(),
            "inputs": part.inputs,
            "digest": _digest(part.content),
            "rows": part.rows,
        }

    def note(self, question: Question, entries: dict[int, dict[str, Any]]) -> None:
        """Write the manifest."""
        told = {
            "format": _FORMAT,
            "asked": question.asked(),
            "code": code(),
            "partitions": [entries[number] for number in sorted(entries)],
        }
        self._write(self.manifest, orjson.dumps(told, option=orjson.OPT_INDENT_2))

    def ranked(self, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Write the ranking, and what could not be scored, from the partitions' files."""
        frames, unscored = [], []
        for number in range(count):
            last, without = last_days(self._part(number).read_bytes())
            frames.append(last)
            unscored += without
        every = pd.concat(frames, ignore_index=True)[[column.name for column in _RANKING.columns]]
        # By name first, so that equal gaps stand in the same order whatever the partitions are.
        ranking = every.sort_values("asset", ignore_index=True).sort_values(
            "gap", key=abs, ascending=False, kind="stable", ignore_index=True
        )
        left_out = pd.DataFrame(unscored, columns=[column.name for column in _UNSCORED.columns], dtype="str")
        table = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(ranking, schema(_RANKING), preserve_index=False), table, compression="zstd")
        self._write(self.path / "ranking.parquet", memoryview(table.getvalue()))
        self._write(self.path / "ranking.csv", export.to_csv(ranking).encode())
        self._write(self.path / "unscored.csv", export.to_csv(left_out).encode())
        return ranking, left_out

    def _part(self, number: int) -> Path:
        return self.path / "scores" / f"part-{number:05}.parquet"

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        try:
            files.replace(path, content)
        except OSError as error:
            raise _unwritable(self.path, error) from None


def _unwritable(path: Path, error: OSError) -> SelectionError:
    return SelectionError(f"cannot write to {path}: {error.strerror}; what is finished stays")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _difference(there: dict[str, Any], wanted: dict[str, Any], name: str) -> str:
    if name == "symbols":
        return f"{len(there[name]):,} symbols, not these {len(wanted[name]):,}"
    return f"{name} {there.get(name) or 'not set'}, not {wanted[name] or 'not set'}"


def at_hand() -> tuple[str, ...]:
    """Symbols of every asset with saved or bundled prices."""
    return assets.names()
