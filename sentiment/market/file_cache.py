"""A cache of what was read from a symbol's file, valid until the file changes."""

from __future__ import annotations

from collections import OrderedDict
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_ENTRIES = 256


def until_changed(
    read: Callable[Concatenate[str, int, Arguments], Result],
) -> Callable[Concatenate[str, int, Arguments], Result]:
    """Cache `read(symbol, changed_at, ...)` for the latest `changed_at` only.

    Frames are large and old versions are never asked for again, so `functools.lru_cache` would waste memory.
    """
    latest: OrderedDict[tuple[object, ...], tuple[int, Result]] = OrderedDict()
    lock = Lock()

    @wraps(read)
    def cached(symbol: str, changed_at: int, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        key = (symbol, *args, *sorted(kwargs.items()))
        with lock:
            if key in latest and latest[key][0] == changed_at:
                latest.move_to_end(key)
                return latest[key][1]
        result = read(symbol, changed_at, *args, **kwargs)
        with lock:
            latest[key] = changed_at, result
            latest.move_to_end(key)
            if len(latest) > _ENTRIES:
                latest.popitem(last=False)
        return result

    return cached
