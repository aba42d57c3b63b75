"""Reading our CSV back with a reader that is not ours: pyarrow's, which tells an empty text from a missing value."""

from __future__ import annotations

import io
import re

import pandas as pd
import pyarrow as pa
from pyarrow import csv

_TYPES = {"day": pa.timestamp("us"), "text": pa.string(), "number": pa.float64(), "integer": pa.int64()}
_ESCAPED = re.compile(
    r"""\A'(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[;\t\r\n])'(?=["']*[=+\-@\uff1d\uff0b\uff0d\uff20])"""
)


def read_csv(text, table):
    """Return CSV text as a frame with the columns and kinds of a table; the apostrophes before formulas are taken off."""
    names = text.partition("\r\n")[0].split(",")
    kinds = {column.name: column.kind for column in table.columns if column.name in names}
    rows = csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=csv.ReadOptions(block_size=max(1 << 20, 2 * len(text.encode()))),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types={name: _TYPES[kind] for name, kind in kinds.items()},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            timestamp_parsers=["%Y-%m-%d"],
        ),
    )
    frame = pd.DataFrame({name: _column(rows[name].to_pylist(), kind) for name, kind in kinds.items()})
    assert list(frame.columns) == names, "a column of no known kind"
    return frame


def _column(cells, kind):
    if kind == "day":
        return pd.to_datetime(pd.Series(cells, dtype="object"), utc=True).dt.as_unit("us")
    if kind == "text":
        return pd.Series([cell and _ESCAPED.sub("", cell) for cell in cells], dtype="str")
    return pd.Series(cells, dtype={"number": "float64", "integer": "int64"}[kind])
