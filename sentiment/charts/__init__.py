"""Charts: data frames in, plotly figures or pictures as SVG and their text alternatives out. No other room imports plotly.

In: rows of tables. Out: figures, a sentence that says what each one shows, charts for a page without a server, and pictures to hand on,
which need no browser.
`figures` holds what all charts share. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "call_charts",
    "colours",
    "compare_charts",
    "component_charts",
    "dumbbell",
    "evidence_charts",
    "figures",
    "note_charts",
    "offline",
    "part_bars",
    "pictures",
    "quadrant_chart",
    "score_charts",
    "still",
    "svg",
    "svg_marks",
]
