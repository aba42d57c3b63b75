"""Read texts whose tone, calls and note are known, and print how well: `scripts/read-check [--write]`."""

from __future__ import annotations

import sys

import read_calls
import tone_check
from saved_pages import FOREIGN, PAGES

from sentiment.research import importers

FACTS = ("title", "author", "publisher", "published")
COVERED, FOREIGN_AT_MOST = 0.9, 0.3


def squeezed(text):
    return "".join(text.split())


def checked(page):
    """Return the share of the note that was read, the share of what was read that is foreign, and which facts are right."""
    document = importers.read_file("page.html", page.content)
    text = squeezed(document.text)
    note = [squeezed(block) for block in page.text]
    found = sum(len(block) for block in note if block in text)
    foreign = sum(len(squeezed(block)) for block in FOREIGN if block not in page.text and squeezed(block) in text)
    facts = {name: getattr(document, name) == getattr(page, name) for name in FACTS}
    return found / sum(map(len, note)), foreign / max(len(text), 1), facts


def main():
    tone_check.main()
    if sys.argv[1:] == ["--write"]:
        tone_check.write()
    rows = {page.name: checked(page) for page in PAGES}
    print(
        "| page | note read | foreign | title | author | publisher | published |\n| --- | ---: | ---: | --- | --- | --- | --- |"
    )
    for name, (covered, foreign, facts) in rows.items():
        told = " | ".join("right" if facts[fact] else "wrong" for fact in FACTS)
        print(f"| {name} | {covered:.0%} | {foreign:.0%} | {told} |")
    whole = sum(covered >= COVERED for covered, _, _ in rows.values())
    mixed = sum(foreign > FOREIGN_AT_MOST for _, foreign, _ in rows.values())
    right = ", ".join(f"{sum(facts[fact] for _, _, facts in rows.values())} {fact}" for fact in FACTS)
    print(f"\nOf {len(rows)} pages {whole} cover 90% of the note, {mixed} hold over 30% foreign text; right: {right}.")
    print(f"\n{read_calls.table()}")
    fresh = read_calls.measure("held", read_calls.FRESH)
    print(
        f"\nIn the held half of the fresh sentences {fresh.invented} of {fresh.without} without a call got one: "
        f"{1000 * fresh.invented / fresh.without:.1f} invented in 1,000."
    )
    invented, news = read_calls.invented_in_news()
    without = read_calls.measure("held").without + news + fresh.without
    total = read_calls.measure("held").invented + invented + fresh.invented
    print(
        f"Of {news} plain news sentences {invented} got a call; with those, and with the held texts written to mislead, it is "
        f"{1000 * total / without:.1f} in 1,000."
    )


if __name__ == "__main__":
    main()
