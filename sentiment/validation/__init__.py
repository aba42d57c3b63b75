"""What the scores were worth: forward returns, how certain they are, and the verdict that they allow.

In: prices, scores and graded calls. Out: tables of forward returns by label, event studies, the comparison with
another index, and publishers' track records. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "calibration",
    "comparison",
    "coverage",
    "event_study",
    "forward_returns",
    "scoreboard",
    "signals",
    "track_record",
    "turns",
    "verdict",
]
