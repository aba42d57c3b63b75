"""Charts: data frames in, plotly figures and their text alternatives out. Nothing else imports plotly.

In: rows of tables. Out: figures, the sentence that says what each one shows, and charts that work without a network.
`__all__` names the modules that other rooms may import.
"""

__all__ = ["colours", "evidence_charts", "note_charts", "offline", "score_charts"]
