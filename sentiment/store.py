"""The notes that a person saved, on SQLAlchemy: SQLite by default, PostgreSQL by URL; nothing in it is ever overwritten."""
