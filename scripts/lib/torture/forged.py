"""Texts that no control of ours takes, each as large as a message may be: all screens together hold as much as is said."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import asgi
from bench.viewers import viewing

from sentiment.web.security.limits import MAX_MESSAGE, MAX_TEXTS

if TYPE_CHECKING:
    import random

    from torture.served import Served
    from torture.server import Attack

SCREENS, TURNS = 100, 3
GROWS = 2 * MAX_TEXTS / 1e6
"""MB by which the server may grow: what all screens may hold, and as much again for messages under way and an allocator that
gives nothing back."""
REFUSED = "were not taken"


def texts(server: Served, found: Attack, scale: float, chance: random.Random) -> None:
    """Send texts from a hundred screens, each under names of its own; those that are refused are told, and leave room."""
    asgi.run(_send(server, found, max(3, round(SCREENS * min(scale, 1))), chance))


async def _send(server: Served, found: Attack, screens: int, chance: random.Random) -> None:
    told = 0
    async with AsyncExitStack() as open_screens:
        viewers = [await open_screens.enter_async_context(viewing(server.address)) for _ in range(screens)]
        for viewer in viewers:
            await viewer.run()
        before = server.memory()
        for turn in range(TURNS):
            for viewer in viewers:
                found.tried += 1
                many = chance.choice((1, 5, 50))
                values = {f"{turn}-{number}": "é" * (MAX_MESSAGE * 9 // 20 // many) for number in range(many)}
                told += any(REFUSED in alert for alert in (await viewer.run(forged=values)).alerts)
        grown = server.memory() - before
    found.note = f"grew by {grown:.0f} MB, {told} told"
    if grown > GROWS:
        found.wrong.append(f"it grew by {grown:.0f} MB")
    if told < TURNS * (screens - MAX_TEXTS // (2 * MAX_MESSAGE * 9 // 10) - 1):
        found.wrong.append(f"only {told} screens were told that their text was not taken")
    await asyncio.sleep(1)
    async with viewing(server.address) as viewer:
        await viewer.run()
        if any(REFUSED in alert for alert in (await viewer.run(forged={"note": "x" * 200_000})).alerts):
            found.wrong.append("there is no room for a note after the others have gone")
