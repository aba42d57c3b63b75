"""A table as one ZIP file: its CSV, its metadata as JSON, and a text that says what it is and how to cite it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson

from sentiment.formatting import visible

_FIXED = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside, the earliest that ZIP knows: the same rows give the same bytes."""
_READABLE = 0o644 << 16
_UNIX = 3


def to_zip(csv: str, metadata: dict[str, Any]) -> bytes:
    """Pack a table; the same table gives the same bytes.

    Parameters
    ----------
    csv : str
        Its rows.
    metadata : dict
        As `metadata.describe` returns it.
    """
    name = metadata["table"]
    texts = {
        f"{name}.csv": csv.encode(),
        f"{name}.metadata.json": orjson.dumps(metadata, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        "README.txt": readme(metadata).encode(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, body in texts.items():
            info = zipfile.ZipInfo(file, _FIXED)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _READABLE, _UNIX
            archive.writestr(info, body)
    return packed.getvalue()


def readme(metadata: dict[str, Any]) -> str:
    """Say what a table is, what its columns mean, where it is from and how to cite it, in plain text."""
    known_at = metadata["known_at"] or "when it was asked for"
    withheld = metadata.get("withheld")
    lines = [
        metadata["title"],
        "=" * len(metadata["title"]),
        "",
        f"{metadata['description']} One row per {metadata['row']}, {metadata['rows']:,} in all.",
        f"Prices and notes as known at: {known_at}. Method of scoring: {metadata['method']}.",
        *(
            [f"Left out, because their source does not let them be passed on: {', '.join(withheld)}."]
            if withheld
            else []
        ),
        "",
        "How to cite",
        "-----------",
        metadata["citation"]["full"],
        "",
        *metadata["citation"]["bibtex"].splitlines(),
        "",
        "Columns",
        "-------",
        *(f"{one['name']}: {one['meaning']} Unit: {one['unit']}. From {one['source']}." for one in metadata["columns"]),
        "",
        "Sources",
        "-------",
        *(
            f"{one['series']} ({one['title']}): {one['source']}; {one['licence']}; {one['first']} to {one['last']}"
            for one in metadata["sources"]
        ),
        *([] if metadata["sources"] else ["No series of prices: the notes and calls alone."]),
        "",
        f"{metadata['table']}.csv is UTF-8 with a header line. {metadata['table']}.metadata.json says the same as this text for programs.",
        "A description of the market, not advice.",
    ]
    return "\r\n".join(visible(str(line)) for line in lines) + "\r\n"
