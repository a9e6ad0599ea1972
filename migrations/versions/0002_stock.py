"""Items, lots, places and the ledger between them."""

import sqlalchemy as sa
from alembic import op

revision = "0002_stock"
down_revision = "0001_the_team"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "item_category",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_item_category")),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("unit_plural", sa.String(length=40), nullable=False),
        sa.Column("doses_per_unit", sa.Integer(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("is_lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("has_expiry", sa.Boolean(), nullable=False),
        sa.Column("is_usual", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("doses_per_unit >= 0", name=op.f("ck_item_doses_not_negative")),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_item_pack_holds_something")),
        sa.ForeignKeyConstraint(["category"], ["item_category.code"], name=op.f("fk_item_category_item_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("code", name=op.f("uq_item_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_public_id")),
    )
    op.create_table(
        "stock_location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("is_strict", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_location_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_location")),
        sa.UniqueConstraint("name", name=op.f("uq_stock_location_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_location_public_id")),
    )
    with op.batch_alter_table("stock_location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_location_site_id"), ["site_id"], unique=False)
    op.create_table(
        "stock_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_stock_transaction_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["stock_transaction.id"], name=op.f("fk_stock_transaction_reverses_id_stock_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_transaction")),
        sa.UniqueConstraint("client_id", name=op.f("uq_stock_transaction_client_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_transaction_reverses_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("stock_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_stock_transaction_occurred_at", ["occurred_at"], unique=False)
    op.create_table(
        "item_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.CheckConstraint("pack_size > 0", name=op.f("ck_item_identifier_pack_holds_something")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_identifier_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_identifier")),
        sa.UniqueConstraint("system", "value", name=op.f("uq_item_identifier_system")),
    )
    with op.batch_alter_table("item_identifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_identifier_item_id"), ["item_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_number", sa.String(length=40), nullable=False),
        sa.Column("printed_expiry", sa.Date(), nullable=True),
        sa.Column("effective_expiry", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lot_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("item_id", "lot_number", name=op.f("uq_lot_item_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_public_id")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index("ix_lot_effective_expiry", ["effective_expiry"], unique=False)
    op.create_table(
        "stock_balance",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_balance_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_balance_lot_id_lot")),
        sa.PrimaryKeyConstraint("location_id", "lot_id", name=op.f("pk_stock_balance")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.create_index("ix_stock_balance_lot_id", ["lot_id"], unique=False)
    op.create_table(
        "stock_discrepancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_transaction_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_discrepancy_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_discrepancy_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["opened_by_transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_stock_discrepancy_opened_by_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_discrepancy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_discrepancy_public_id")),
    )
    with op.batch_alter_table("stock_discrepancy", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stock_discrepancy_open",
            ["location_id", "lot_id", "kind"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("from_location_id", sa.Integer(), nullable=False),
        sa.Column("to_location_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("order_key", sa.String(length=36), nullable=False),
        sa.Column("lot_source", sa.String(length=15), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("from_location_id <> to_location_id", name=op.f("ck_stock_movement_goes_somewhere")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_movement_moves_something")),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["stock_location.id"], name=op.f("fk_stock_movement_from_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_movement_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["stock_movement.id"], name=op.f("fk_stock_movement_reverses_id_stock_movement")
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["stock_location.id"], name=op.f("fk_stock_movement_to_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_stock_movement_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_movement_reverses_id")),
        sa.UniqueConstraint("transaction_id", "line_no", name=op.f("uq_stock_movement_transaction_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_movement_from", ["from_location_id", "lot_id", "occurred_at", "order_key"], unique=False
        )
        batch_op.create_index("ix_stock_movement_lot", ["lot_id", "occurred_at"], unique=False)
        batch_op.create_index(
            "ix_stock_movement_to", ["to_location_id", "lot_id", "occurred_at", "order_key"], unique=False
        )


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_movement_to")
        batch_op.drop_index("ix_stock_movement_lot")
        batch_op.drop_index("ix_stock_movement_from")
    op.drop_table("stock_movement")
    with op.batch_alter_table("stock_discrepancy", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stock_discrepancy_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
    op.drop_table("stock_discrepancy")
    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_balance_lot_id")
    op.drop_table("stock_balance")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index("ix_lot_effective_expiry")
    op.drop_table("lot")
    with op.batch_alter_table("item_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_identifier_item_id"))
    op.drop_table("item_identifier")
    with op.batch_alter_table("stock_transaction", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_transaction_occurred_at")
    op.drop_table("stock_transaction")
    with op.batch_alter_table("stock_location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_location_site_id"))
    op.drop_table("stock_location")
    op.drop_table("item")
    op.drop_table("item_category")
