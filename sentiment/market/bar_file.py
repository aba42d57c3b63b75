"""The file of a symbol's bars: Parquet with checksums, replaced whole and atomically under a lock of its own.

Nothing here knows what the rows mean; `bars` does.
"""

from __future__ import annotations

import errno
import hashlib
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import numpy as np
import orjson
import pandas as pd

from sentiment import files
from sentiment.errors import BarsError
from sentiment.frames import PRICE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FACTS = b"sentiment"
_LEFTOVER_AGE = 600.0  # seconds; a save takes a fraction of one
_LOCK_WAIT = 30.0
_STUCK = "cannot be read, and the damaged file cannot be set aside; see to the rights of its folder, or move it away"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a stored series beside its bars.

    Attributes
    ----------
    fetched_at : datetime
        When the vendor was last asked and answered.
    full_at : datetime
        When it was last asked for the whole history.
    timezone, instrument, currency : str
        As the provider names them.
    source : str
        Name of the provider; empty in files from before it was saved.
    """

    fetched_at: datetime
    full_at: datetime
    timezone: str = "UTC"
    instrument: str = ""
    currency: str = ""
    source: str = ""


def folder() -> Path:
    """Return the folder of the saved bars, which may not exist yet."""
    return files.saved() / "bars"


def symbols() -> tuple[str, ...]:
    """List the symbols with saved bars, sorted."""
    return tuple(sorted(unquote(path.name.removesuffix(".parquet")) for path in folder().glob("*.parquet")))


def changed_at(symbol: str) -> int:
    """Return a number that grows with every save of a symbol (nanoseconds); 0 where nothing is saved."""
    try:
        return _path(symbol).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
    except OSError as cause:
        raise _unopened(symbol, cause) from cause


def digest(symbol: str) -> str:
    """Digest what is saved of a symbol, to tell on any machine whether it is the same; empty where nothing is saved.

    Raises
    ------
    BarsError
        If the file is there and cannot be opened.
    """
    try:
        return hashlib.sha256(_content(_path(symbol))).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as cause:
        raise _unopened(symbol, cause) from cause


def no_rows() -> pd.DataFrame:
    """Return what a file without rows would hold."""
    stamps = pd.DatetimeIndex([], tz="UTC").as_unit("us")
    return pd.DataFrame({"date": stamps, **dict.fromkeys(PRICE_COLUMNS, np.empty(0)), "known_at": stamps})


def utc(stamps: pd.Series) -> pd.Series:
    """Return instants as every frame of ours holds them."""
    return pd.to_datetime(stamps, utc=True).dt.as_unit("us")


def _path(symbol: str) -> Path:
    if not symbol:
        raise BarsError("a series without a symbol cannot be saved")
    return folder() / f"{quote(symbol, safe='').replace('.', '%2E')}.parquet"


def _content(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # whoever opens a pipe waits
        raise OSError(errno.EINVAL, "there is no file but something else of its name")
    return path.read_bytes()


def _unopened(symbol: str, cause: OSError) -> BarsError:
    return BarsError(
        f"{symbol}: the saved prices cannot be opened: {cause.strerror}; see to {_path(symbol).name} in {folder()}"
    )


@contextmanager
def locked(symbol: str, otherwise: str = "are as they were; nothing could be written") -> Iterator[None]:
    """Hold the lock of a symbol, as saving must and reading need not.

    Parameters
    ----------
    symbol : str
        Whose file.
    otherwise : str
        What holds of the saved prices where the lock cannot be had, or something under it cannot be written.

    Raises
    ------
    BarsError
        If another process does not let go of it, or the folder cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 - reading does without

    try:
        folder().mkdir(parents=True, exist_ok=True)
        with FileLock(_path(symbol).with_suffix(".lock"), timeout=_LOCK_WAIT):
            yield
    except OSError as cause:
        why = (
            f"another process has held them for {_LOCK_WAIT:.0f} s"
            if isinstance(cause, TimeoutError)
            else cause.strerror
        )
        raise BarsError(f"{symbol}: the saved prices {otherwise}: {why}") from cause


def load(symbol: str, *, alone: bool = False) -> tuple[pd.DataFrame, Facts] | None:
    """Read a file whole: its rows and facts, or None where there is none.

    Parameters
    ----------
    symbol : str
        Whose file.
    alone : bool
        Whether the caller holds the lock.

    Raises
    ------
    BarsError
        If it is damaged; it has then been set aside.
    """
    import pyarrow as pa  # noqa: PLC0415 - a fifth of a second that a start on bundled data need not pay

    path = _path(symbol)
    try:
        content = _content(path)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise _unopened(symbol, cause) from cause
    try:
        return _parsed(content)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as cause:
        if not alone:
            with locked(symbol, _STUCK):
                return load(symbol, alone=True)  # nobody is at work on it now: it is damaged or it is not
        raise _set_aside(symbol, path) from cause


def _parsed(content: bytes) -> tuple[pd.DataFrame, Facts]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
    about = orjson.loads((table.schema.metadata or {})[_FACTS])
    written = about.pop("digest", None)  # files of before there was one have none
    rows = _stored(table.to_pandas())
    if written not in {None, _digest(rows, about)}:
        raise ValueError("the rows are not those that were saved")
    about |= {name: datetime.fromisoformat(about[name]) for name in ("fetched_at", "full_at")}
    return rows, Facts(**about)


def sound(content: bytes) -> Facts | None:
    """Return the facts of a file of bars if these are its bytes, whole; None where they are damaged. Sets nothing aside."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        return _parsed(content)[1]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        return None


def stored() -> Iterator[tuple[str, bytes]]:
    """Give the name and the bytes of every file of bars; each is whole, for they are only ever replaced."""
    for path in sorted(folder().glob("*.parquet")):
        try:
            content = _content(path)
        except FileNotFoundError:  # set aside this very moment
            continue
        except OSError:  # what cannot be opened is of no more use than what is damaged
            content = b""
        yield path.name, content


def set_aside() -> tuple[str, ...]:
    """List the names of damaged files that were moved out of the way."""
    return tuple(sorted(path.name for path in folder().glob("*.damaged-*")))


def _stored(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[["date", *PRICE_COLUMNS, "known_at"]]
    return rows.assign(date=utc(rows["date"]), known_at=utc(rows["known_at"]))


def _digest(rows: pd.DataFrame, about: dict[str, str]) -> str:
    """Return a checksum of what a file holds: Parquet's own are of its pages, and its footer, which says what they mean, has none."""
    values = rows[list(PRICE_COLUMNS)].to_numpy(float)
    parts = (
        rows["date"].to_numpy("datetime64[us]").tobytes(),
        np.where(np.isnan(values), np.nan, values).tobytes(),  # one NaN for all
        rows["known_at"].to_numpy("datetime64[us]").tobytes(),
        orjson.dumps(about, option=orjson.OPT_SORT_KEYS),
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _set_aside(symbol: str, path: Path) -> BarsError:
    aside = path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    path.rename(aside)
    return BarsError(
        f"{symbol}: the saved prices cannot be read and were set aside as {aside.name}; refresh it to fetch them anew "
        "(what was known earlier is in that file)"
    )


def save(symbol: str, rows: pd.DataFrame, about: Facts) -> None:
    """Replace a file: whoever reads meanwhile, or starts after a crash, has the old one or the new one, whole."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = _path(symbol)
    _sweep(path.parent)
    table = pa.Table.from_pandas(rows, preserve_index=False)
    notes = {name: getattr(about, name) for name in Facts.__slots__}
    notes |= {name: notes[name].isoformat() for name in ("fetched_at", "full_at")}
    notes["digest"] = _digest(_stored(rows), notes)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _FACTS: orjson.dumps(notes)})
    written = pa.BufferOutputStream()
    pq.write_table(table, written, compression="zstd", write_page_checksum=True)
    files.replace(path, memoryview(written.getvalue()))


def _sweep(where: Path) -> None:
    """Remove what killed saves left behind."""
    for left in where.glob("*.tmp"):
        with suppress(FileNotFoundError):  # another process swept it first
            if time.time() - left.stat().st_mtime > _LEFTOVER_AGE:
                left.unlink()
