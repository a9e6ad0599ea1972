"""Items, lots, places and the ledger know of funding, kits, reasons and counts; every programme gets its reasons."""

from uuid import NAMESPACE_OID, uuid4, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0009_supplies_join_the_ledger"
down_revision = "0008_supplies"
branch_labels = None
depends_on = None

NO = sa.false()
NOT_SAID = "1"

REASONS = (
    ("more", "Found"),
    ("more", "Booked out twice"),
    ("less", "Lost"),
    ("less", "Stolen"),
    ("less", "Used for training"),
    ("less", "Booked in twice"),
    ("waste", "Past its date"),
    ("waste", "Damaged"),
    ("waste", "Spoiled by heat or frost"),
    ("waste", "Recalled"),
    ("count", "Hand-outs not logged"),
    ("count", "Counted wrongly before"),
    ("count", "Lost or stolen"),
    ("count", "Not known why"),
    ("transit", "Broken on the way"),
    ("transit", "Lost on the way"),
    ("transit", "Another number was packed"),
    ("return", "Not needed"),
    ("return", "Wrong item"),
    ("return", "Brought back past its date"),
)

funding_source = sa.table(
    "funding_source",
    sa.column("id", sa.Integer),
    sa.column("public_id", sa.String),
    sa.column("name", sa.String),
    sa.column("is_active", sa.Boolean),
)
stock_reason = sa.table(
    "stock_reason",
    sa.column("public_id", sa.String),
    sa.column("name", sa.String),
    sa.column("use", sa.String),
    sa.column("position", sa.Integer),
    sa.column("is_active", sa.Boolean),
)
item_identifier = sa.table("item_identifier", sa.column("id", sa.Integer), sa.column("public_id", sa.String))


def upgrade() -> None:
    """Add the starting rows that lots point to, then the columns."""
    _add_starting_rows()
    _change_items()
    _change_lots_and_places()
    _change_the_ledger()


def downgrade() -> None:
    """Take the columns away again; a batch that two sources paid for cannot be one lot again.

    The starting rows stay, because others may point to them; they go with their tables.
    """
    with op.batch_alter_table("stock_transaction") as table:
        table.drop_index("ix_stock_transaction_cause")
        table.drop_constraint("fk_stock_transaction_cause_id_stock_transaction", type_="foreignkey")
        table.drop_column("cause_id")
    with op.batch_alter_table("stock_movement") as table:
        table.drop_index("ix_stock_movement_anchor")
        table.drop_index("ix_stock_movement_from")
        table.drop_index("ix_stock_movement_to")
        table.drop_constraint("fk_stock_movement_reason_id_stock_reason", type_="foreignkey")
        table.drop_constraint("fk_stock_movement_anchor_id_stock_anchor", type_="foreignkey")
        table.drop_column("anchor_id")
        table.drop_column("reason_id")
        table.create_index("ix_stock_movement_from", ["from_location_id", "lot_id", "occurred_at", "order_key"])
        table.create_index("ix_stock_movement_to", ["to_location_id", "lot_id", "occurred_at", "order_key"])
    with op.batch_alter_table("stock_location") as table:
        table.drop_constraint(op.f("ck_stock_location_holds_something"), type_="check")
        table.drop_constraint("fk_stock_location_served_from_id_stock_location", type_="foreignkey")
        for column in ("note", "capacity", "directions", "served_from_id"):
            table.drop_column(column)
    with op.batch_alter_table("stock_discrepancy") as table:
        table.drop_constraint("fk_stock_discrepancy_closed_by_id_account", type_="foreignkey")
        table.drop_column("note")
        table.drop_column("closed_by_id")
    op.drop_column("stock_balance", "latest_count_at")
    with op.batch_alter_table("lot") as table:
        table.drop_index("ix_lot_merged_into")
        table.drop_index("ix_lot_held")
        table.drop_index("ix_lot_item")
        table.drop_constraint("uq_lot_item_id", type_="unique")
        table.create_unique_constraint("uq_lot_item_id", ["item_id", "lot_number"])
        for column, target in (
            ("funding_source", "funding_source"),
            ("merged_into", "lot"),
            ("kit_recipe", "kit_recipe"),
        ):
            table.drop_constraint(f"fk_lot_{column}_id_{target}", type_="foreignkey")
            table.drop_column(f"{column}_id")
    with op.batch_alter_table("item_identifier") as table:
        table.drop_constraint("uq_item_identifier_public_id", type_="unique")
        table.drop_column("verified_on")
        table.drop_column("public_id")
    with op.batch_alter_table("item_category") as table:
        table.drop_column("is_active")
    with op.batch_alter_table("item") as table:
        table.drop_constraint("fk_item_merged_into_id_item", type_="foreignkey")
        table.drop_column("merged_into_id")
        table.drop_column("is_kit")


def _add_starting_rows() -> None:
    """Add the source of what nobody said the source of, and the reasons to start with; unless they stayed."""
    connection = op.get_bind()
    if connection.scalar(sa.select(funding_source.c.id).where(funding_source.c.id == int(NOT_SAID))) is None:
        name = "Source not said"
        op.bulk_insert(
            funding_source, [{"id": int(NOT_SAID), "public_id": _id_of(name), "name": name, "is_active": True}]
        )
    if connection.dialect.name == "postgresql":
        op.execute("SELECT setval('funding_source_id_seq', (SELECT max(id) FROM funding_source))")
    if connection.scalar(sa.select(sa.func.count()).select_from(stock_reason)) == 0:
        op.bulk_insert(
            stock_reason,
            [
                {"public_id": _id_of(name), "name": name, "use": use, "position": position, "is_active": True}
                for position, (use, name) in enumerate(REASONS, start=1)
            ],
        )


def _id_of(name: str) -> str:
    """Return the public id of a row that every programme starts with; it is the same in each."""
    return str(uuid5(NAMESPACE_OID, name))


def _change_items() -> None:
    """Items may be kits or merged, categories may go out of use, a printed code has a public id."""
    with op.batch_alter_table("item") as table:
        table.add_column(sa.Column("is_kit", sa.Boolean(), nullable=False, server_default=NO))
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_item_merged_into_id_item", "item", ["merged_into_id"], ["id"])
    with op.batch_alter_table("item") as table:
        table.alter_column("is_kit", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("item_category") as table:
        table.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("item_category") as table:
        table.alter_column("is_active", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("item_identifier") as table:
        table.add_column(sa.Column("public_id", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("verified_on", sa.Date(), nullable=True))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(item_identifier.c.id)).all():
        connection.execute(
            item_identifier.update().where(item_identifier.c.id == number).values(public_id=str(uuid4()))
        )
    with op.batch_alter_table("item_identifier") as table:
        table.alter_column("public_id", existing_type=sa.String(length=36), nullable=False)
        table.create_unique_constraint("uq_item_identifier_public_id", ["public_id"])


def _change_lots_and_places() -> None:
    """Lots have a source, a recipe, and may be merged; places say who fills them and how much fits in."""
    with op.batch_alter_table("lot") as table:
        table.add_column(sa.Column("funding_source_id", sa.Integer(), nullable=False, server_default=NOT_SAID))
        table.add_column(sa.Column("kit_recipe_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.drop_constraint("uq_lot_item_id", type_="unique")
    with op.batch_alter_table("lot") as table:
        table.alter_column(
            "funding_source_id", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
        table.create_unique_constraint("uq_lot_item_id", ["item_id", "lot_number", "funding_source_id"])
        table.create_foreign_key(
            "fk_lot_funding_source_id_funding_source", "funding_source", ["funding_source_id"], ["id"]
        )
        table.create_foreign_key("fk_lot_merged_into_id_lot", "lot", ["merged_into_id"], ["id"])
        table.create_foreign_key("fk_lot_kit_recipe_id_kit_recipe", "kit_recipe", ["kit_recipe_id"], ["id"])
    op.create_index("ix_lot_item", "lot", ["item_id", "effective_expiry"])
    is_held = sa.text("status <> 'available'")
    op.create_index("ix_lot_held", "lot", ["status"], sqlite_where=is_held, postgresql_where=is_held)
    is_merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index("ix_lot_merged_into", "lot", ["merged_into_id"], sqlite_where=is_merged, postgresql_where=is_merged)
    with op.batch_alter_table("stock_location") as table:
        table.add_column(sa.Column("served_from_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("directions", sa.String(length=120), nullable=False, server_default=""))
        table.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        table.add_column(sa.Column("note", sa.String(length=200), nullable=False, server_default=""))
        table.create_foreign_key(
            "fk_stock_location_served_from_id_stock_location", "stock_location", ["served_from_id"], ["id"]
        )
        table.create_check_constraint(op.f("ck_stock_location_holds_something"), "capacity > 0")
    with op.batch_alter_table("stock_location") as table:
        for column, length in (("directions", 120), ("note", 200)):
            table.alter_column(
                column, existing_type=sa.String(length=length), existing_nullable=False, server_default=None
            )


def _change_the_ledger() -> None:
    """Movements carry a reason and the count they belong to; a balance knows when it was counted."""
    op.add_column("stock_balance", sa.Column("latest_count_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("stock_discrepancy") as table:
        table.add_column(sa.Column("closed_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("note", sa.String(length=200), nullable=False, server_default=""))
        table.create_foreign_key("fk_stock_discrepancy_closed_by_id_account", "account", ["closed_by_id"], ["id"])
    with op.batch_alter_table("stock_discrepancy") as table:
        table.alter_column("note", existing_type=sa.String(length=200), existing_nullable=False, server_default=None)
    with op.batch_alter_table("stock_movement") as table:
        table.add_column(sa.Column("reason_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("anchor_id", sa.Integer(), nullable=True))
        table.drop_index("ix_stock_movement_from")
        table.drop_index("ix_stock_movement_to")
        table.create_foreign_key("fk_stock_movement_reason_id_stock_reason", "stock_reason", ["reason_id"], ["id"])
        table.create_foreign_key("fk_stock_movement_anchor_id_stock_anchor", "stock_anchor", ["anchor_id"], ["id"])
    for side, more in (("from", ("to_location_id",)), ("to", ("from_location_id", "lot_source"))):
        op.create_index(
            f"ix_stock_movement_{side}",
            "stock_movement",
            [f"{side}_location_id", "lot_id", "occurred_at", "order_key", "quantity", *more],
        )
    _index_where_there_is_one("stock_movement", "anchor")
    with op.batch_alter_table("stock_transaction") as table:
        table.add_column(sa.Column("cause_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_stock_transaction_cause_id_stock_transaction", "stock_transaction", ["cause_id"], ["id"]
        )
    _index_where_there_is_one("stock_transaction", "cause")


def _index_where_there_is_one(table: str, column: str) -> None:
    """Index the few rows that have the column."""
    there_is_one = sa.text(f"{column}_id IS NOT NULL")
    op.create_index(
        f"ix_{table}_{column}",
        table,
        [f"{column}_id"],
        sqlite_where=there_is_one,
        postgresql_where=there_is_one,
    )
