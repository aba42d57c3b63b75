"""Every version of every note."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "note_versions",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False, unique=True),  # microseconds: SQLite has no instants
        sa.Column("supersedes", sa.Integer, sa.ForeignKey("note_versions.sequence"), unique=True),  # no two heirs
        sa.Column("content", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_index("note_versions_by_id", "note_versions", ["id", "sequence"])
