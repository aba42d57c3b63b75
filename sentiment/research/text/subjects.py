"""The topics and assets that a text may be about, from ``subjects.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sentiment.research.text import vocabulary


@dataclass(frozen=True, slots=True)
class Subjects:
    """Topics with their words, assets with their names, and the names that need care."""

    topics: dict[str, tuple[str, ...]]
    assets: dict[str, tuple[str, ...]]
    without_direction: frozenset[str]
    not_at_start: frozenset[str]
    not_in_capitals: frozenset[str]
    not_in_titles: frozenset[str]
    not_assets: frozenset[str]
    places: frozenset[str]
    listed: frozenset[str]
    views: frozenset[str]
    segments: frozenset[str]
    exchanges: dict[str, str]


@cache
def subjects() -> Subjects:
    """Return the subjects, read once."""
    return vocabulary.load(Path(__file__).with_name("subjects.toml"), Subjects)
