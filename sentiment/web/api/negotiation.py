"""Reading request headers: which encoding is wanted, whether the client has the answer already, and which part of it is asked for."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes\s*=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


def accepts_gzip(header: str | None) -> bool:
    """Return whether Accept-Encoding prefers the compressed body."""
    if header is None:
        return False
    qualities: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        qualities[name] = min((_quality(parameter) for parameter in parameters), default=1.0)
    gzip = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def matches(header: str | None, tag: str) -> bool:
    """Return whether If-None-Match names `tag`, by weak comparison (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    position, tags = 0, []
    while match := _TAG.match(header, position):
        tags.append(match[1])
        position = match.end()
        if position == len(header):
            break
    return tag in tags


def part_asked(header: str | None, if_range: str | None, tag: str, size: int) -> range | None:
    """Return the bytes that Range asks for, empty where none of them are there; None for the whole (RFC 9110, 14.2).

    Several ranges, and a header that says something else, get the whole, as does an If-Range that does not name `tag`.

    Parameters
    ----------
    header, if_range : str, optional
        Range and If-Range.
    tag : str
        The entity tag, without its quotation marks.
    size : int
        Bytes of the whole.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or if_range not in {None, f'"{tag}"'}:
        return None
    first, last, final = found.groups()
    if final is not None:
        return range(max(size - int(final), 0), size)
    if last and int(last) < int(first):
        return None
    return range(min(int(first), size), min(int(last) + 1, size) if last else size)
