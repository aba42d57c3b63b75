"""The output folder of a universe, to which one process at a time writes.

::

    DIR/scores/part-00000.parquet   asset and the columns of the table `scores`, one row per asset and day
    DIR/ranking.parquet, .csv       the last day of each asset, the widest gap first; written when all partitions are done
    DIR/unscored.csv                the assets that could not be scored, and why
    DIR/manifest.json               the request, the code version, and the partitions that are done
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import files
from sentiment.errors import SelectionError
from sentiment.scoring.ranking import widest_gap_first
from sentiment.tables import export
from sentiment.tables.records.ranking import TABLE as RANKING
from sentiment.tables.records.unscored import TABLE as UNSCORED
from sentiment.universe.partitions import code, last_days, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sentiment.universe.partitions import PartitionResult, PartitionTask
    from sentiment.universe.request import UniverseRequest

    Entries = dict[int, dict[str, Any]]
    """By number of the partition: its entry in the manifest."""

_FORMAT = 1
_START_ANEW = "name another folder, or start again in this one with --fresh"


@contextmanager
def opened(path: Path) -> Iterator[OutputFolder]:
    """Hold the lock of an output folder, which is made if it does not exist.

    Raises
    ------
    SelectionError
        If the folder holds other files, another process works in it, or it cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 - 0.1 s that reading a list of tickers need not pay

    if path.exists() and not path.is_dir():
        raise SelectionError(f"{path} is a file; name a folder to write to")
    manifest = path / "manifest.json"
    if path.is_dir() and not manifest.exists() and {file.name for file in path.iterdir()} - {".lock", "scores"}:
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
        yield OutputFolder(path)
    finally:
        lock.release()


class OutputFolder:
    """An output folder whose lock is held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._manifest = path / "manifest.json"

    def finished(self, request: UniverseRequest) -> Entries:
        """Return the partitions of this request that the manifest lists as done.

        Raises
        ------
        SelectionError
            If the manifest is unreadable, or is of another request or another version of the program.
        """
        if not self._manifest.exists():
            return {}
        try:
            manifest = orjson.loads(self._manifest.read_bytes())
            earlier, entries = manifest["asked"], {entry["number"]: entry for entry in manifest["partitions"]}
            if manifest["format"] != _FORMAT:
                raise SelectionError(f"{self._path} was written by another version of the program; {_START_ANEW}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SelectionError(f"{self._manifest} cannot be read ({error}); {_START_ANEW}") from None
        current = request.as_json()
        if request.whole_store and earlier["assets"] == current["assets"]:
            earlier = {**earlier, "symbols": current["symbols"]}  # a new ticker does not make it another request
        if differing := [name for name in current if earlier.get(name) != current[name]]:
            raise SelectionError(
                f"{self._path} answers another question ({_difference(earlier, current, differing[0])}); {_START_ANEW}"
            )
        return entries

    def is_current(self, task: PartitionTask, entry: dict[str, Any] | None) -> bool:
        """Return whether a partition's file is as it was written, from the same inputs as now."""
        if entry is None or entry["inputs"] != task.inputs:
            return False
        try:
            return bool(_digest(self._part(task.number).read_bytes()) == entry["digest"])
        except FileNotFoundError:
            return False

    def begin(self, request: UniverseRequest, entries: Entries, count: int) -> None:
        """Remove what is out of date, so that everything in the folder belongs together."""
        self.write_manifest(request, entries)
        current = {self._part(number) for number in entries}
        obsolete = {file for file in (self._path / "scores").glob("part-*.parquet") if file not in current}
        if len(entries) < count:
            obsolete |= {self._path / name for name in ("ranking.parquet", "ranking.csv", "unscored.csv")}
        for file in (*obsolete, *self._path.glob("*.tmp"), *self._path.glob("scores/*.tmp")):
            file.unlink(missing_ok=True)

    def save(self, result: PartitionResult) -> dict[str, Any]:
        """Write a partition and return its entry in the manifest."""
        file = self._part(result.number)
        self._write(file, result.content)
        return {
            "number": result.number,
            "file": file.relative_to(self._path).as_posix(),
            "inputs": result.inputs,
            "digest": _digest(result.content),
            "rows": result.rows,
        }

    def write_manifest(self, request: UniverseRequest, entries: Entries) -> None:
        """Write the manifest."""
        manifest = {
            "format": _FORMAT,
            "asked": request.as_json(),
            "code": code(),
            "partitions": [entries[number] for number in sorted(entries)],
        }
        self._write(self._manifest, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))

    def write_ranking(self, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Write the ranking and the unscored assets from the files of `count` partitions, and return both."""
        last_rows, reasons = [], []
        for number in range(count):
            rows, unscored_here = last_days(self._part(number).read_bytes())
            last_rows.append(rows)
            reasons += unscored_here
        every = pd.concat(last_rows, ignore_index=True)[[column.name for column in RANKING.columns[:-1]]]
        ranking = widest_gap_first(every)
        unscored = pd.DataFrame(reasons, columns=[column.name for column in UNSCORED.columns], dtype="str")
        parquet = pa.BufferOutputStream()
        table = pa.Table.from_pandas(ranking, schema(RANKING), preserve_index=False)
        pq.write_table(table, parquet, compression="zstd")
        self._write(self._path / "ranking.parquet", memoryview(parquet.getvalue()))
        self._write(self._path / "ranking.csv", export.to_csv(ranking).encode())
        self._write(self._path / "unscored.csv", export.to_csv(unscored).encode())
        return ranking, unscored

    def _part(self, number: int) -> Path:
        return self._path / "scores" / f"part-{number:05}.parquet"

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        try:
            files.replace(path, content)
        except OSError as error:
            raise _unwritable(self._path, error) from None


def _unwritable(path: Path, error: OSError) -> SelectionError:
    return SelectionError(f"cannot write to {path}: {error.strerror}; what is finished stays")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _difference(earlier: dict[str, Any], current: dict[str, Any], name: str) -> str:
    if name == "symbols":
        return f"{len(earlier[name]):,} symbols, not these {len(current[name]):,}"
    return f"{name} {earlier.get(name) or 'not set'}, not {current[name] or 'not set'}"
