"""Readings of a few days for alerts; and as a script, rounds that are killed at each point of the outbox and begun again.

python alert_rounds.py FOLDER URL...   prints the name of each point, and ends when a round has no further point
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from sentiment import files
from sentiment.market.watch import Stop
from sentiment.web.alerts import channels, outbox
from sentiment.web.alerts.reading import Reading
from sentiment.web.alerts.step import Alerts

MORNING = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)
FIRST = "2026-11-01"
RULE = '[[rule]]\nasset = "{asset}"\nwhat = "fear"\nabove = 70\n'


def axes(fear, *, first=FIRST, **columns):
    """Give readings by day; what is not given follows from fear."""
    index = pd.date_range(first, periods=len(fear), freq="D", tz="UTC", name="date", unit="us")
    given = {"fear": fear, "justified": 50.0, "close": 100.0, "regime": "in balance", **columns}
    frame = pd.DataFrame(given, index=index).astype({"fear": float, "regime": "str"})
    return frame.assign(gap=frame["fear"] - frame["justified"])


def reading(asset, frame, happenings=()):
    scored = SimpleNamespace(axes=frame)
    link = f"https://dash.example.com/?asset={asset}"
    return Reading(
        asset, asset, f"{asset}: fear {frame['fear'].iloc[-1]:.0f}.", scored, list(happenings), link, "Made."
    )


def rules(folder, text, **named):
    listed = "".join(f'{name} = "{url}"\n' for name, url in named.items())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alerts.toml").write_text(
        f"{text.partition('[[rule]]')[0]}\n[channels]\n{listed}\n[[rule]]{text.partition('[[rule]]')[2]}"
    )


def step(frame, now=MORNING):
    """Give a step whose assets all have these readings, at this instant, as a process has that was just started."""
    return Alerts(now=lambda: now, load=lambda asset, _: reading(asset, frame), version=lambda _: object())


class Points:
    """Kills this process at one of the points around each write and each send."""

    def __init__(self, deadly):
        self.left = deadly

    def around(self, name, call):
        def called(*args, **more):
            self.at(f"before {name}")
            result = call(*args, **more)
            self.at(f"after {name}")
            return result

        return called

    def at(self, name):
        self.left -= 1
        if self.left == 0:
            os.write(1, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(work):
    """Do something in a process of its own; return whether it was killed."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def deadly_round(points):
    files.replace = points.around("write", files.replace)
    channels.Channel.send = points.around("send", channels.Channel.send)
    step(axes([60, 80]))(Stop())


def later_rounds():
    for frame, hours in ((axes([60, 80]), 0), (axes([60, 80]), -48), (axes([60, 80, 81]), 9_000)):
        step(frame, MORNING + timedelta(hours=hours))(Stop())


def main(folder, *urls):
    named = {f"c{count}": url for count, url in enumerate(urls)}
    killed, point = True, 0
    while killed:
        point += 1
        place = Path(folder) / str(point)
        os.environ["SENTIMENT_DATA_DIR"] = str(place)
        rules(place, RULE.format(asset=f"A{point}"), **named)
        step(axes([60]))(Stop())
        points = Points(point)
        killed = in_child(lambda points=points: deadly_round(points))
        later_rounds()
        assert all(message.is_over for message in outbox.load().messages)


if __name__ == "__main__":
    main(*sys.argv[1:])
