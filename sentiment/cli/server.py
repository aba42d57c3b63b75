"""`sentiment run` and `sentiment refresh`: serve the dashboard, and bring its prices up to date."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from sentiment.cli.options import fail, say
from sentiment.errors import SelectionError, SentimentError

_THRIFTY = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(256 * 1024),
}
"""Read by Arrow and glibc when the process starts. With their default pools, some per thread, the server used a sixth more memory
after 15 minutes of changing prices, and kept growing."""
_FILES = 8_192
"""Open files for the server, if the machine allows it: each screen needs four, and many shells allow 1,024."""


def run(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8501,
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Serve the dashboard on this machine and open it."""
    from sentiment import files, settings

    settings.check()  # so that a mistake is one line here
    _more_files()
    command = [sys.executable, "-m", "sentiment.web.serving", "run", str(files.APP), "--server.port", str(port)]
    command += ["--server.headless", str(headless).lower()]
    os.execve(sys.executable, command, {**_THRIFTY, **os.environ})  # noqa: S606 - our own command


def _more_files() -> None:
    if sys.platform == "win32":  # Windows has no such limit
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if resource.RLIM_INFINITY != soft < target:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))


def refresh(
    tickers: Annotated[
        list[str] | None, typer.Argument(help="Tickers such as SPY or ETH-USD (default: all that are saved).")
    ] = None,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Fetch the whole history, even if the latest days would do.")
    ] = False,
) -> None:
    """Fetch and save prices, and the series that their scores need."""
    from rich.console import Console
    from rich.progress import Progress

    from sentiment.market import assets, bar_store, live, providers, roles
    from sentiment.market.refresh import refresh_all

    saved = [symbol for symbol in bar_store.symbols() if providers.is_ticker(symbol)]  # others' files may lie there
    requested = [providers.normalize(text) for text in tickers or saved or [assets.names()[0]]]
    if not live.enabled():
        raise SelectionError("SENTIMENT_OFFLINE=1 asks no network; unset it to refresh")
    symbols = list(dict.fromkeys(name for symbol in requested for name in roles.symbols_to_fetch(symbol)))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Asking {providers.sources_for(symbols)}", total=len(symbols))
        outcomes = refresh_all(symbols, full=full, progress=lambda *_: bar.advance(task))
    failed = 0
    for symbol, outcome in outcomes.items():
        if isinstance(outcome, SentimentError):
            failed += 1
            say(f"{symbol:10}  failed: {outcome}")
            continue
        typer.echo(
            f"{symbol:10}  {outcome.new:,} new, {outcome.revised:,} revised, {len(outcome.quarantined):,} not trusted, "
            f"last bar {outcome.last or 'none'}"
        )
        if outcome.held_back:
            say(f"{symbol:10}  held back, to be requested again: {outcome.held_back}")
    if failed:
        fail(f"{failed} of {len(symbols)} could not be refreshed; what is saved stays as it was", 1)
