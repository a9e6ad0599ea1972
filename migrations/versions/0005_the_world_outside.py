"""The virtual places that stand for the world outside, the same in every programme."""

import sqlalchemy as sa
from alembic import op

revision = "0005_the_world_outside"
down_revision = "0004_past_totals"
branch_labels = None
depends_on = None

PLACES = (
    (1, "supplier", "Supplier"),
    (2, "participant", "Handed to participants"),
    (3, "partner", "Partner"),
    (4, "waste", "Waste"),
    (5, "variance", "Count differences"),
    (6, "opening", "Opening stock"),
    (7, "assembly", "Kit packing"),
    (8, "in_transit", "On the way"),
)

stock_location = sa.table(
    "stock_location",
    sa.column("id", sa.Integer),
    sa.column("public_id", sa.String),
    sa.column("name", sa.String),
    sa.column("kind", sa.String),
    sa.column("is_strict", sa.Boolean),
    sa.column("is_active", sa.Boolean),
)


stock_balance = sa.table("stock_balance", sa.column("location_id", sa.Integer))


def upgrade() -> None:
    """Add the virtual places that are not there yet, and let the real ones be numbered after them."""
    there = set(op.get_bind().scalars(sa.select(stock_location.c.id)))
    op.bulk_insert(
        stock_location,
        [
            {
                "id": number,
                "public_id": f"00000000-0000-4000-8000-{number:012d}",
                "name": name,
                "kind": kind,
                "is_strict": False,
                "is_active": True,
            }
            for number, kind, name in PLACES
            if number not in there
        ],
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval('stock_location_id_seq', (SELECT max(id) FROM stock_location))")


def downgrade() -> None:
    """Take away the virtual places that the ledger never used; its movements point to the others."""
    is_virtual = stock_location.c.id.in_([number for number, _, _ in PLACES])
    is_used = sa.exists().where(stock_balance.c.location_id == stock_location.c.id)
    op.execute(stock_location.delete().where(is_virtual, ~is_used))
