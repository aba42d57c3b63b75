"""Every error of ours, and what it means to whoever meets it.

::

    SentimentError                 anything we raise on purpose
    ├── InputError                 what was asked for does not exist or cannot be read: exit code 2
    │   ├── UnknownAssetError      no such asset in the prices at hand
    │   ├── UnknownNoteError       no such note in the library
    │   └── SelectionError         a date, range, option or link that does not fit
    └── DataError                  what is stored cannot be trusted: nothing is scored from it
        ├── FrameError             a price series breaks the frame contract
        └── NoteError              a note's file breaks its schema

A message names what was asked, what was found and what to do. It fits on one line.
"""


class SentimentError(Exception):
    """Anything this package raises on purpose; its text is fit for the user's eyes."""


class InputError(SentimentError):
    """What was asked for does not exist or cannot be read."""


class UnknownAssetError(InputError):
    """No such asset in the prices at hand."""


class UnknownNoteError(InputError):
    """No such note in the library."""


class SelectionError(InputError):
    """A date, range, option or link that does not fit."""


class DataError(SentimentError):
    """What is stored cannot be trusted."""


class FrameError(DataError):
    """A price series breaks the frame contract."""


class NoteError(DataError):
    """A note's file breaks its schema."""
