"""The scores of a group of assets as the bytes of one Parquet file, computed wherever the code and the saved data are.

A partition depends on nothing but its task, the code, the saved prices and the saved notes; a digest of all of them stands for
it, so that a finished one can be kept while they stay as they are, and a worker that sees other ones is found out.
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
from sentiment.scoring.panel import panel
from sentiment.tables import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sentiment.models import Inputs, Weights

_ABOUT = b"sentiment"
_TYPES = {"day": pa.timestamp("us", "UTC"), "text": pa.string(), "number": pa.float64(), "integer": pa.int64()}


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told: the partition's number and symbols, what is asked of them, and the asker's code and inputs."""

    number: int
    symbols: tuple[str, ...]
    as_of: date | None
    known_at: datetime | None
    weights: Weights
    code: Mapping[str, str]
    inputs: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker gives back: the file's bytes and rows, the digest of the inputs that it saw, and where that was."""

    number: int
    inputs: str
    content: bytes
    rows: int
    host: str


def schema(table: columns.Table, *more: str) -> pa.Schema:
    """Return the columns of a table, behind `more` columns of text, as Parquet has them."""
    of_table = [(column.name, _TYPES[column.kind]) for column in table.columns]
    return pa.schema([*((name, _TYPES["text"]) for name in more), *of_table])


SCORES = schema(columns.TABLES["scores"], "asset")


@cache
def code() -> Mapping[str, str]:
    """Name what figures and bytes owe to the program: its source with all that is bundled, and the libraries below it."""
    package = Path(__file__).parent
    source = hashlib.sha256()
    for path in sorted(
        [*package.rglob("*.py"), *package.rglob("*.toml"), *files.PRICES.iterdir(), *files.NOTES.iterdir()]
    ):
        source.update(f"{path.name}\n".encode())
        source.update(path.read_bytes())
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {name: version(name) for name in ("numpy", "pandas", "pyarrow")}
    return {"sentiment": source.hexdigest(), "python": python, **libraries}


def inputs_digest(task: Task) -> str:
    """Digest everything that a partition's figures rest on, as it is saved just now."""
    series = dict.fromkeys(one for symbol in task.symbols for one in roles.symbols_to_fetch(symbol))
    rests_on = {
        "symbols": task.symbols,
        "as_of": task.as_of,
        "known_at": task.known_at,
        "weights": task.weights,
        "code": code(),
        "notes": library.version(),
        "prices": {one: bar_store.digest(one) for one in series},
    }
    return hashlib.sha256(orjson.dumps(rests_on)).hexdigest()


def compute(task: Task) -> Part:
    """Score the assets of a partition.

    Raises
    ------
    ClusterError
        If the code here is not the asker's.
    StoreError, NoteError
        If the notes cannot be read, on which every score rests.
    """
    if code() != task.code:
        theirs = next(name for name in task.code if code()[name] != task.code[name])
        raise ClusterError(
            f"the worker on {platform.node()} has another {theirs} ({code()[theirs][:12]}) than this machine "
            f"({task.code[theirs][:12]}); install the same versions on both"
        )
    seen = inputs_digest(task)  # before the reading: what is saved meanwhile makes the partition an old one
    content, rows = _file(task)
    return Part(task.number, seen, content, rows, platform.node())


def _file(task: Task) -> tuple[bytes, int]:
    unscored: list[dict[str, str]] = []
    tables = [
        pa.Table.from_pandas(block.axes(asset).reset_index().assign(asset=asset), SCORES, preserve_index=False)
        for block in panel(_readable(task, unscored), dict(task.weights))
        for asset in block.assets
    ]
    ends = [(table["asset"][0].as_py(), table.num_rows) for table in tables]
    scored = [{"asset": symbol, "unit": assets.asset(symbol).unit, "rows": rows} for symbol, rows in ends]
    about = {_ABOUT: orjson.dumps({"assets": scored, "unscored": unscored})}
    whole = pa.concat_tables(tables or [SCORES.empty_table()]).replace_schema_metadata(about)
    written = BytesIO()
    pq.write_table(whole, written, compression="zstd", write_page_checksum=True)
    return written.getvalue(), whole.num_rows


def _readable(task: Task, unscored: list[dict[str, str]]) -> Iterator[Inputs]:
    """Read one asset after the other; one that cannot be read is noted and passed over."""
    for symbol in task.symbols:
        try:
            found = load_inputs(symbol, task.as_of, task.known_at)
        except UnknownAssetError:
            reason = f"no prices of such an asset are saved or bundled; sentiment refresh {symbol} fetches them"
            unscored.append({"asset": symbol, "status": "missing", "reason": reason})
        except SelectionError as error:
            unscored.append({"asset": symbol, "status": "missing", "reason": str(error)})
        except (BarsError, FrameError) as error:
            unscored.append({"asset": symbol, "status": "failed", "reason": str(error)})
        else:
            yield found


def last_days(content: bytes) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Read from a partition's file the last day of every asset, and which assets it could not score."""
    table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
    about = orjson.loads(table.schema.metadata[_ABOUT])
    assets = pd.DataFrame(about["assets"], columns=["asset", "unit", "rows"])
    last = table.take(pa.array(assets["rows"].cumsum() - 1, pa.int64())).to_pandas()
    return last.rename(columns={"date": "as_of"}).assign(unit=assets["unit"]), about["unscored"]
