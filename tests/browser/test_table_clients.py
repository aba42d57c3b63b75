"""The tables as other programs read them from the server: polars, R and LibreOffice Calc.

R and LibreOffice are large, so no script of ours installs them: these tests are skipped where `Rscript` or `soffice` is not on the PATH.
On Debian: `apt-get install --no-install-recommends r-base-core libreoffice-calc-nogui`, then `scripts/test tests/browser/test_table_clients.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from sentiment.models import Selection
from sentiment.tables import export

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

DOCS = Path(__file__).parent.parent.parent / "docs" / "api.md"
DAY = date(2025, 12, 2)
COLUMNS = ["date", "close", "fear", "regime"]
"""On these days fear and regime are missing first and known later."""
QUERY = f"as_of={DAY}&columns={'~'.join(COLUMNS)}"
LOCALE = "sep=;&decimal=,"

POLARS = f"""
import json, sys
from urllib.request import urlopen
import polars as pl
address = sys.argv[1]
every = {{"infer_schema_length": None}}
plain = pl.read_csv(f"{{address}}.csv?{QUERY}", try_parse_dates=True, **every)
comma = pl.read_csv(
    f"{{address}}.csv?{QUERY}&{LOCALE}", separator=";", decimal_comma=True, try_parse_dates=True, **every
)
rows = json.load(urlopen(f"{{address}}.json?{QUERY}"))["rows"]
told = pl.DataFrame(rows, **every).with_columns(pl.col("date").str.to_date())
assert plain.schema == {{"date": pl.Date, "close": pl.Float64, "fear": pl.Float64, "regime": pl.String}}, plain.schema
assert plain.equals(comma)
assert plain.equals(told)
plain.write_csv(sys.argv[2])
"""
R = f"""
address <- commandArgs(TRUE)[1]
dated <- function(rows) {{ rows$date <- as.Date(rows$date); rows }}
at <- function(end) paste0(address, end)
plain <- dated(read.csv(at(".csv?{QUERY}"), na.strings = ""))
comma <- dated(read.csv2(at(".csv?{QUERY}&{LOCALE}"), na.strings = ""))
packed <- tempfile(fileext = ".zip")
download.file(at(".zip?{QUERY}"), packed, mode = "wb", quiet = TRUE)
zipped <- dated(read.csv(unz(packed, "scores.csv"), na.strings = ""))
stopifnot(identical(plain, comma), identical(plain, zipped))
stopifnot(identical(unname(sapply(plain, class)), c("Date", "numeric", "numeric", "character")))
write.csv(plain, commandArgs(TRUE)[2], row.names = FALSE, na = "")
"""


@pytest.fixture(scope="module")
def wanted():
    table = export.table("scores", Selection(as_of=DAY))[COLUMNS].reset_index(drop=True)
    assert table["regime"].isna().any()
    assert table["regime"].notna().any()
    return table.assign(date=table["date"].dt.date)


@pytest.mark.parametrize(
    ("program", "script"),
    [([sys.executable, "-c"], POLARS), (["Rscript", "--vanilla", "-e"], R)],
    ids=["polars", "R"],
)
def test_a_program_reads_dates_numbers_and_what_is_missing(plain_server, wanted, tmp_path, program, script):
    if not shutil.which(program[0]):
        pytest.skip(f"{program[0]} is not on the PATH")
    file = tmp_path / "read.csv"
    run = subprocess.run(
        [*program, script, f"{plain_server}api/v1/scores", file],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = pd.read_csv(file)
    found["date"] = [date.fromisoformat(one) for one in found["date"]]
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_exact=True)


@pytest.mark.parametrize(
    "code", re.findall(r"^```r\n(.*?)^```", DOCS.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
)
def test_the_r_of_the_docs_runs(plain_server, code):
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not on the PATH")
    looked_at = 'stopifnot(nrow(scores) >= 365, tail(scores$regime, 1) == "fear outweighs fundamentals")'
    code = code.replace("http://localhost:8501/", plain_server)
    run = subprocess.run(["Rscript", "--vanilla", "-e", code + looked_at], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


AS_CSV = "--infilter=Text - txt - csv (StarCalc):"
OPENED = {
    "workbook": ("scores.xlsx", QUERY, ()),
    "English": ("scores.csv", QUERY, (f"{AS_CSV}44,34,76,1,,1033,false,true",)),
    "German": ("scores.csv", f"{QUERY}&{LOCALE}", (f"{AS_CSV}59,34,76,1,,1031,false,true",)),
}
"""File, query, and what a person chooses as it opens: the separator (44 is a comma), UTF-8 (76), the language (1031 is German)."""


@pytest.mark.parametrize("opened", OPENED)
def test_calc_has_dates_as_dates_and_numbers_as_numbers(plain_server, wanted, tmp_path, opened):
    file, query, how = OPENED[opened]
    if not shutil.which("soffice"):
        pytest.skip("soffice is not on the PATH")
    with urlopen(f"{plain_server}api/v1/{file}?{query}") as answer:  # noqa: S310 - our own server
        (tmp_path / file).write_bytes(answer.read())
    own = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", own, "--headless", *how, "--convert-to", "fods", "--outdir", tmp_path, tmp_path / file]
    subprocess.run(command, capture_output=True, check=True)
    names, *rows = cells(tmp_path / "scores.fods")
    assert names == COLUMNS
    assert [row[0] for row in rows] == wanted["date"].tolist()
    assert [[None if pd.isna(one) else one for one in row] for row in wanted.itertuples(index=False)] == rows


def cells(path):
    """Return the rows of the first sheet: days, numbers, texts, and None for empty cells; empty rows below the table are left out."""
    office, table = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table"))
    sheet = ET.parse(path).getroot().find(f".//{table}table")  # noqa: S314 - written by the program that is tested
    rows = []
    for row in sheet.iter(f"{table}table-row"):
        read = []
        for cell in row.findall(f"{table}table-cell"):
            kind = cell.get(f"{office}value-type")
            if kind == "date":
                value = date.fromisoformat(cell.get(f"{office}date-value"))
            elif kind == "float":
                value = float(cell.get(f"{office}value"))
            else:
                value = "".join(cell.itertext()).strip() or None
                assert kind == (value and "string")
            read += [value] * min(int(cell.get(f"{table}number-columns-repeated", "1")), len(COLUMNS))
        if any(one is not None for one in read):
            rows.append(read[: len(COLUMNS)])
    return rows
