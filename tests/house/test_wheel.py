"""The wheel holds the page, the theme and the data, and works outside the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import golden
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]  # built once

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, built and unpacked as pip would, in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed, *words):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *words], cwd=installed, env=environment, capture_output=True, check=True, timeout=120
    ).stdout.decode()


def test_the_wheel_carries_everything(installed):
    bundle = installed / "sentiment" / "bundle"
    for name in ("app.py", ".streamlit/config.toml", "data/README.md", "data/prices/catalog.toml"):
        assert (bundle / name).is_file(), name
    for folder in ("data/prices", "data/notes", "data/calls"):
        assert {path.name for path in (bundle / folder).iterdir()} == {path.name for path in (ROOT / folder).iterdir()}
    carried = {
        path.relative_to(installed / "sentiment") for path in (installed / "sentiment").rglob("*") if path.is_file()
    }
    sources = {path.relative_to(ROOT / "sentiment") for path in (ROOT / "sentiment").rglob("*") if path.is_file()}
    assert {path for path in sources if "__pycache__" not in path.parts} <= carried


def test_it_scores_outside_the_checkout(installed):
    where = run(installed, "-c", "from sentiment import files; print(files.ROOT)")
    assert Path(where.strip()) == installed / "sentiment" / "bundle"
    words = ("-m", "sentiment.cli", "score", "BTC-USD", "--as-of", "2025-12-02")
    assert run(installed, *words).startswith(golden.DECEMBER)


def test_it_makes_its_database_outside_the_checkout(installed, tmp_path):
    code = (
        f"import os; os.environ['SENTIMENT_DATA_DIR'] = {str(tmp_path)!r};"
        "from sentiment.research import store; store.append('a', 'text', who='Ann');"
        "print(store.__file__, [one.content for one in store.versions()])"
    )
    assert run(installed, "-c", code).strip() == f"{installed / 'sentiment' / 'research' / 'store.py'} ['text']"


def test_its_page_runs_outside_the_checkout(installed):
    code = (
        "from streamlit.testing.v1 import AppTest; from sentiment import files;"
        "app = AppTest.from_file(files.DASHBOARD, default_timeout=60).run();"
        "assert not app.exception; print(app.header[0].value)"
    )
    assert "on 3 Oct 2026" in run(installed, "-c", code)
