"""The charts of the research view."""
