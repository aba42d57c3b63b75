"""Tables: every table that users can download, with its columns and parameters, and how it becomes CSV.

In: scores, notes, calls, evidence. Out: data frames of fixed columns, and the same CSV bytes for the page, the command
line and the API. `__all__` names the modules that other rooms may import.
"""

__all__ = ["columns", "export", "note_tables", "notebook"]
