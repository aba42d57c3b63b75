"""The tables, one a module: whatever has a `TABLE` is found and offered. A new table is one new file here."""
