"""Totals of the years before."""

import sqlalchemy as sa
from alembic import op

revision = "0004_past_totals"
down_revision = "0003_hand_outs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "past_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.Column("new_totals", sa.Integer(), nullable=False),
        sa.Column("changed_totals", sa.Integer(), nullable=False),
        sa.Column("unchanged_totals", sa.Integer(), nullable=False),
        sa.Column("refused_rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["imported_by_id"], ["account.id"], name=op.f("fk_past_import_imported_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_past_import_public_id")),
    )
    op.create_table(
        "staged_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("staged_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("matching", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staged_history_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_history")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staged_history_public_id")),
    )
    with op.batch_alter_table("staged_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staged_history_account_id"), ["account_id"], unique=False)
    op.create_table(
        "past_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("past_import_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("site_label", sa.String(length=120), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(measure = 'item_units') = (item_id IS NOT NULL)", name=op.f("ck_past_total_units_of_an_item")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_past_total_quantity_not_negative")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_past_total_item_id_item")),
        sa.ForeignKeyConstraint(
            ["past_import_id"], ["past_import.id"], name=op.f("fk_past_total_past_import_id_past_import")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_past_total_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_total")),
    )
    with op.batch_alter_table("past_total", schema=None) as batch_op:
        batch_op.create_index("ix_past_total_month", ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_past_total_past_import_id"), ["past_import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_past_total_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            "uq_past_total_item",
            ["site_label", "month", "item_id"],
            unique=True,
            sqlite_where=sa.text("item_id IS NOT NULL"),
            postgresql_where=sa.text("item_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_past_total_measure",
            ["site_label", "month", "measure"],
            unique=True,
            sqlite_where=sa.text("item_id IS NULL"),
            postgresql_where=sa.text("item_id IS NULL"),
        )


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("past_total", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_past_total_measure",
            sqlite_where=sa.text("item_id IS NULL"),
            postgresql_where=sa.text("item_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_past_total_item",
            sqlite_where=sa.text("item_id IS NOT NULL"),
            postgresql_where=sa.text("item_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_past_total_site_id"))
        batch_op.drop_index(batch_op.f("ix_past_total_past_import_id"))
        batch_op.drop_index("ix_past_total_month")
    op.drop_table("past_total")
    with op.batch_alter_table("staged_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staged_history_account_id"))
    op.drop_table("staged_history")
    op.drop_table("past_import")
