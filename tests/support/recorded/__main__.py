"""Record what users hold on to: ``PYTHONPATH=tests python -m recorded`` writes the set anew, after a change that is meant."""

from recorded import FILE, record

FILE.write_text(record(), encoding="utf-8", newline="\n")
