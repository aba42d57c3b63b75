"""Measurements of the whole: what a figure is, and a module a part. Run `python -m bench`."""
