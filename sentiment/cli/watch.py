"""`sentiment watch`: keep prices and inbox fresh and send alerts, in a process of its own or in the background of the server."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment.cli.options import say
from sentiment.errors import SelectionError, SentimentError
from sentiment.settings import WATCH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from types import FrameType

    from sentiment.market.watch import Stop
    from sentiment.models import Selection
    from sentiment.web.alerts.step import Alerts

FIRST_VIEWERS = 10.0
"""Seconds that a server which has just started leaves to its viewers before the first round."""
_ENDING = b"sentiment: ends after what is being fetched now\n"
_log = logging.getLogger(__name__)


def watch(
    every: Annotated[str, typer.Option(metavar="TIME", help="Time between two rounds, 1m to 1d.")] = WATCH,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do one round and exit, for cron and systemd timers.")] = False,
) -> None:
    """Keep the watchlist's prices fresh and the inbox filled, and send alerts, until stopped."""
    from sentiment import environment, logs, settings
    from sentiment.market import live
    from sentiment.market import watch as rounds
    from sentiment.research.sources.rounds import Notes

    length = environment.interval(every, "--every")
    settings.check()
    if not live.enabled():
        raise SelectionError("SENTIMENT_OFFLINE=1 asks no network; unset it to watch")
    logs.configure()
    logging.getLogger("sentiment.market.cooldown").setLevel(logging.ERROR)  # a round names each failure itself
    steps = (rounds.Prices(), Notes(at_once=not once), speaking())
    with _until_signalled() as stop:
        if not once:
            rounds.keep(steps, every=length, who="sentiment watch", stop=stop, tell=say)
            return
        with rounds.alone("sentiment watch --once") as other:
            if other:
                say(f"{other}; nothing to do")
                return
            done = rounds.run_round(steps, stop)
    say(f"{rounds.Clocks().now():%H:%M} UTC: {done.summary}")
    if done.unreached:
        raise typer.Exit(1)


def speaking() -> Alerts:
    """Return the step that sends alerts, each with its card."""
    from sentiment import settings
    from sentiment.web.alerts.step import Alerts

    def draw(selection: Selection) -> bytes:
        from sentiment.web import pictures  # Streamlit stands behind it: only where there is something to send

        return pictures.for_everyone("card", selection, settings.public_address())

    return Alerts(draw=draw)


@contextmanager
def _until_signalled() -> Iterator[Stop]:
    """Yield what SIGTERM and SIGINT request an end of; a second signal does what it did before."""
    from sentiment.market.watch import Stop

    stop = Stop()
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def end(_number: int, _frame: FrameType | None) -> None:
        restore()
        stop.request()
        os.write(sys.stderr.fileno(), _ENDING)  # a handler may run amid another write, which print does not allow

    for number in signals:
        signal.signal(number, end)
    try:
        yield stop
    finally:
        restore()


@contextmanager
def in_background() -> Iterator[None]:
    """Keep watchlist and inbox fresh in a thread of this server, unless the settings say otherwise or another process does."""
    from sentiment import settings
    from sentiment.market import live
    from sentiment.market.watch import Stop

    every = settings.watch_every()
    if every is None or not live.enabled():
        yield
        return
    stop = Stop()
    thread = threading.Thread(target=_serve, args=(every, stop), name="watch")
    thread.start()
    try:
        yield
    finally:
        stop.request()
        thread.join()


def _serve(every: timedelta, stop: Stop) -> None:
    from sentiment.market import watch as rounds
    from sentiment.research.sources.rounds import Notes

    stop.wait(FIRST_VIEWERS)
    try:
        steps = (rounds.Prices(), Notes(), speaking())
        rounds.keep(steps, every=every, who="sentiment run", stop=stop, tell=_log.info)
    except SentimentError as error:
        _log.warning("%s", error)
