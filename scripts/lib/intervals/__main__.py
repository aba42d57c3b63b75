"""Print how often the intervals hold, a row a world: `scripts/coverage-check`."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from intervals import measure, worlds
from sentiment.validation import coverage

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How often the evidence's intervals hold in worlds without an edge.")
    parser.add_argument("--tables", type=int, default=300, help="tables per world (default: 300)")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {coverage.FILE.name}")
    asked = parser.parse_args()
    rows = []
    for world, judged in {**measure.JUDGED, worlds.EDGE_TITLE: measure.POWER}.items():
        rows.append({"world": world, "edge": world == worlds.EDGE_TITLE, **judged(asked.tables)})
        print(coverage.line(rows[-1]), flush=True)
    content = {"day": datetime.now(UTC).date().isoformat(), "tables": asked.tables, "rows": rows}
    if asked.write:
        coverage.FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
