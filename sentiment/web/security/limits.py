"""How much a client may send, hold and take its time."""

from __future__ import annotations

import logging
import sys

FORM_OVERHEAD = 64 * 2**10
"""Bytes that a form may add around an uploaded file."""
MAX_UPLOADS = 128 * 2**20
"""Bytes of uploads kept for all viewers together."""
MAX_UPLOADS_OF_SCREEN = 24 * 2**20
"""Bytes of uploads kept for one screen, so that no screen can use up the whole budget."""
MAX_MESSAGE = 2**20
"""Bytes of one message of a screen, which has the state of all its controls: a long note is a quarter of it."""
MAX_TEXTS = 64 * 2**20
"""Bytes of text that the controls of all screens may hold together, those of screens closed a moment ago included."""
MAX_TEXTS_OF_SCREEN = 3 * 2**20
"""Bytes of text that the controls of one screen may hold: a pasted note in its several copies."""
UNMEASURED_TEXTS, SMALL_TEXT = 64 * 2**10, 4 * 2**10
"""Bytes of messages that a screen may send before what it holds is measured, and of a value that is never refused."""
MAX_SCREENS = 500
"""Screens that may be open at once; each holds the state of its controls."""
FILES_OF_SCREEN, FILES_OF_SERVER = 4, 512
"""Open files of a screen (its websocket, and the event loop that Streamlit makes for it), and of all else: Streamlit keeps the
loops of 128 closed screens for two minutes, and there are requests, prices and notes."""
CLIENT_TIMEOUT, BODY_TIMEOUT = 20.0, 300.0
"""Seconds in which the next part of a request's body must come, and the whole of it."""

_log = logging.getLogger(__name__)


def max_screens() -> int:
    """Return how many screens may be open at once: `MAX_SCREENS`, or fewer if the system lets a process open few files."""
    if sys.platform == "win32":  # has no such limit
        return MAX_SCREENS
    import resource  # noqa: PLC0415 - does not exist on Windows

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(1, (files - FILES_OF_SERVER) // FILES_OF_SCREEN)
    if files == resource.RLIM_INFINITY or room >= MAX_SCREENS:
        return MAX_SCREENS
    _log.warning("%d files may be open here (ulimit -n); the server holds %d of %d screens", files, room, MAX_SCREENS)
    return room
