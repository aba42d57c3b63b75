"""Record what users rely on: ``PYTHONPATH=tests/support:. python -m recorded`` writes the set anew, after a change that is meant."""

from recorded import FILE, record
from sentiment.scoring.components import registry

FILE.write_text(record([part.name for part in registry()]), encoding="utf-8", newline="\n")
