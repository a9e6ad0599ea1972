"""Visits, hand-outs and how a worker's page is laid out."""

import sqlalchemy as sa
from alembic import op

revision = "0003_hand_outs"
down_revision = "0002_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "usual_handout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("icon", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usual_handout")),
        sa.UniqueConstraint("public_id", name=op.f("uq_usual_handout_public_id")),
    )
    op.create_table(
        "encounter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("is_time_known", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=20), nullable=True),
        sa.Column("number_of_others", sa.Integer(), nullable=True),
        sa.Column("returned_syringes", sa.Integer(), nullable=True),
        sa.Column("returned_measure", sa.String(length=10), nullable=True),
        sa.Column("returned_factor", sa.Integer(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("number_of_others BETWEEN 0 AND 99", name=op.f("ck_encounter_number_of_others_believable")),
        sa.CheckConstraint("returned_syringes >= 0", name=op.f("ck_encounter_returned_not_negative")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_encounter_recorded_by_id_account")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_encounter_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_encounter_public_id")),
    )
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.create_index("ix_encounter_recorded_by", ["recorded_by_id", "recorded_at"], unique=False)
        batch_op.create_index("ix_encounter_site_occurred_at", ["site_id", "occurred_at"], unique=False)
    op.create_table(
        "distribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("encounter_id", sa.Integer(), nullable=False),
        sa.Column("stock_transaction_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_distribution_encounter_id_encounter")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_distribution_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["stock_transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_distribution_stock_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
        sa.UniqueConstraint("public_id", name=op.f("uq_distribution_public_id")),
        sa.UniqueConstraint("stock_transaction_id", name=op.f("uq_distribution_stock_transaction_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("distribution", schema=None) as batch_op:
        batch_op.create_index("ix_distribution_encounter_id", ["encounter_id"], unique=False)
        batch_op.create_index("ix_distribution_recorded_by", ["recorded_by_id", "recorded_at"], unique=False)
    op.create_table(
        "usual_handout_line",
        sa.Column("usual_handout_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_usual_handout_line_hands_out_something")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_usual_handout_line_item_id_item")),
        sa.ForeignKeyConstraint(
            ["usual_handout_id"],
            ["usual_handout.id"],
            name=op.f("fk_usual_handout_line_usual_handout_id_usual_handout"),
        ),
        sa.PrimaryKeyConstraint("usual_handout_id", "item_id", name=op.f("pk_usual_handout_line")),
    )
    op.create_table(
        "working_place",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_working_place_account_id_account")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_working_place_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_working_place_site_id_site")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_working_place")),
    )
    op.create_table(
        "distribution_void",
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("stock_transaction_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_distribution_void_distribution_id_distribution")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_distribution_void_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["stock_transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_distribution_void_stock_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_distribution_void")),
        sa.UniqueConstraint("stock_transaction_id", name=op.f("uq_distribution_void_stock_transaction_id")),
        info={"append_only": True},
    )
    op.create_table(
        "supply_line",
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supply_line_hands_out_something")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_supply_line_distribution_id_distribution")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_supply_line_item_id_item")),
        sa.PrimaryKeyConstraint("distribution_id", "line_no", name=op.f("pk_supply_line")),
        info={"append_only": True},
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("supply_line")
    op.drop_table("distribution_void")
    op.drop_table("working_place")
    op.drop_table("usual_handout_line")
    with op.batch_alter_table("distribution", schema=None) as batch_op:
        batch_op.drop_index("ix_distribution_recorded_by")
        batch_op.drop_index("ix_distribution_encounter_id")
    op.drop_table("distribution")
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.drop_index("ix_encounter_site_occurred_at")
        batch_op.drop_index("ix_encounter_recorded_by")
    op.drop_table("encounter")
    op.drop_table("usual_handout")
