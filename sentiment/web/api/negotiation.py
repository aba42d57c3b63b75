"""What a request's headers ask for: which encoding, and whether the client has the answer already."""

from __future__ import annotations

import re

_TAG = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


def accepts_gzip(header: str | None) -> bool:
    """Tell from Accept-Encoding whether the compressed body is the one to send."""
    if header is None:
        return False
    asked: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        asked[name] = min((_quality(one) for one in parameters), default=1.0)
    packed = asked.get("gzip", asked.get("x-gzip", asked.get("*", 0.0)))
    return packed > 0 and packed >= asked.get("identity", 0.0)


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def matches(header: str | None, tag: str) -> bool:
    """Tell from If-None-Match whether the client has what `tag` names, by weak comparison (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    place, found = 0, []
    while one := _TAG.match(header, place):
        found.append(one[1])
        place = one.end()
        if place == len(header):
            break
    return tag in found
