"""The scores of a group of assets as the bytes of one Parquet file, computed wherever the code and the saved data are.

A partition depends only on its task, the code, the saved prices and the saved notes. A digest of all of them shows whether a
finished partition is still current, and whether a worker reads other data.
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sentiment import files
from sentiment.errors import BarsError, ClusterError, FrameError, SelectionError, UnknownAssetError
from sentiment.market import assets, bar_store, roles
from sentiment.research import library
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.tables.records.scores import TABLE as SCORES_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sentiment.models import Weights
    from sentiment.scoring.inputs import Inputs
    from sentiment.tables.record import Table

_METADATA = b"sentiment"
_TYPES = {"day": pa.timestamp("us", "UTC"), "text": pa.string(), "number": pa.float64(), "integer": pa.int64()}


@dataclass(frozen=True, slots=True)
class PartitionTask:
    """A partition to compute: its number and symbols, the options, and the code and inputs of the machine that asks."""

    number: int
    symbols: tuple[str, ...]
    as_of: date | None
    known_at: datetime | None
    weights: Weights
    code: Mapping[str, str]
    inputs: str = ""


@dataclass(frozen=True, slots=True)
class PartitionResult:
    """A computed partition: the bytes and rows of its file, the digest of the inputs used, and the worker's host."""

    number: int
    inputs: str
    content: bytes
    rows: int
    host: str


def schema(table: Table, *before: str) -> pa.Schema:
    """Return the Parquet schema of a table, preceded by the text columns `before`."""
    of_table = [(column.name, _TYPES[column.kind]) for column in table.columns]
    return pa.schema([*((name, _TYPES["text"]) for name in before), *of_table])


SCORES = schema(SCORES_TABLE, "asset")


@cache
def code() -> Mapping[str, str]:
    """Return the versions that figures and bytes depend on: a digest of our source and bundled data, and the libraries."""
    package = Path(__file__).parents[1]
    source = hashlib.sha256()
    for path in sorted(
        [*package.rglob("*.py"), *package.rglob("*.toml"), *files.PRICES.iterdir(), *files.NOTES.iterdir()]
    ):
        source.update(f"{path.name}\n".encode())
        source.update(path.read_bytes())
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {name: version(name) for name in ("numpy", "pandas", "pyarrow")}
    return {"sentiment": source.hexdigest(), "python": python, **libraries}


def inputs_digest(task: PartitionTask) -> str:
    """Return a digest of everything that a partition's figures depend on, as saved now."""
    series = dict.fromkeys(name for symbol in task.symbols for name in roles.symbols_behind(symbol))
    dependencies = {
        "symbols": task.symbols,
        "as_of": task.as_of,
        "known_at": task.known_at,
        "weights": task.weights,
        "code": code(),
        "notes": library.version(),
        "prices": {name: _digest(name) for name in series},
    }
    return hashlib.sha256(orjson.dumps(dependencies)).hexdigest()


def _digest(symbol: str) -> str:
    """Return the digest of a series; of one that cannot be read, what is wrong, so that the others are scored."""
    try:
        return bar_store.digest(symbol)
    except BarsError as error:
        return error.brief


def compute(task: PartitionTask) -> PartitionResult:
    """Score the assets of a partition.

    Raises
    ------
    ClusterError
        If the code here differs from that of the machine that asks.
    StoreError, NoteError
        If the notes cannot be read, since every score depends on them.
    """
    if code() != task.code:
        differing = next(name for name in task.code if code()[name] != task.code[name])
        raise ClusterError(
            f"the worker on {platform.node()} has another {differing} ({code()[differing][:12]}) than this machine "
            f"({task.code[differing][:12]}); install the same versions on both"
        )
    inputs = inputs_digest(task)  # before reading, so that data saved meanwhile makes the partition outdated
    content, rows = _file(task)
    return PartitionResult(task.number, inputs, content, rows, platform.node())


def _file(task: PartitionTask) -> tuple[bytes, int]:
    unscored: list[dict[str, str]] = []
    tables = [
        pa.Table.from_pandas(block.axes(asset).reset_index().assign(asset=asset), SCORES, preserve_index=False)
        for block in score_panel(_readable(task, unscored), dict(task.weights))
        for asset in block.assets
    ]
    ends = [(table["asset"][0].as_py(), table.num_rows) for table in tables]
    scored = [{"asset": symbol, "unit": assets.asset(symbol).unit, "rows": rows} for symbol, rows in ends]
    metadata = {_METADATA: orjson.dumps({"assets": scored, "unscored": unscored})}
    whole = pa.concat_tables(tables or [SCORES.empty_table()]).replace_schema_metadata(metadata)
    parquet = BytesIO()
    pq.write_table(whole, parquet, compression="zstd", write_page_checksum=True)
    return parquet.getvalue(), whole.num_rows


def _readable(task: PartitionTask, unscored: list[dict[str, str]]) -> Iterator[Inputs]:
    """Yield the inputs of one asset after the other; add those that cannot be read to `unscored`."""
    for symbol in task.symbols:
        try:
            inputs = load_inputs(symbol, task.as_of, task.known_at)
        except UnknownAssetError:
            reason = f"no prices of such an asset are saved or bundled; sentiment refresh {symbol} fetches them"
            unscored.append({"asset": symbol, "status": "missing", "reason": reason})
        except SelectionError as error:
            unscored.append({"asset": symbol, "status": "missing", "reason": str(error)})
        except (BarsError, FrameError) as error:
            unscored.append({"asset": symbol, "status": "failed", "reason": str(error)})
        else:
            yield inputs


def last_days(content: bytes) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Return the last day of every asset in a partition's file, and the assets that could not be scored."""
    table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
    metadata = orjson.loads(table.schema.metadata[_METADATA])
    scored = pd.DataFrame(metadata["assets"], columns=["asset", "unit", "rows"])
    last = table.take(pa.array(scored["rows"].cumsum() - 1, pa.int64())).to_pandas()
    return last.rename(columns={"date": "as_of"}).assign(unit=scored["unit"]), metadata["unscored"]
