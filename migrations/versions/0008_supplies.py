"""Supplies in full: funding, reasons, lots and their dates, counts, shifts, kits, recalls, orders, shipments."""

import sqlalchemy as sa
from alembic import op

revision = "0008_supplies"
down_revision = "0007_referrals"
branch_labels = None
depends_on = None

TABLES = (
    "funding_source",
    "stock_reason",
    "funding_rule",
    "recall",
    "item_substitute",
    "kit_recipe",
    "requisition",
    "stock_count",
    "stock_document",
    "stock_policy",
    "kit_recipe_line",
    "requisition_line",
    "shipment",
    "stock_shift",
    "expiry_notice",
    "heat_flag",
    "lot_component",
    "lot_expiry_revision",
    "lot_status_change",
    "recall_lot",
    "stock_anchor",
    "stock_count_line",
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "funding_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sa.UniqueConstraint("name", name=op.f("uq_funding_source_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_funding_source_public_id")),
    )
    op.create_table(
        "stock_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("use", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reason")),
        sa.UniqueConstraint("name", name=op.f("uq_stock_reason_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_reason_public_id")),
    )
    op.create_table(
        "funding_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("funding_source_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_funding_rule_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["category"], ["item_category.code"], name=op.f("fk_funding_rule_category_item_category")
        ),
        sa.ForeignKeyConstraint(
            ["funding_source_id"], ["funding_source.id"], name=op.f("fk_funding_rule_funding_source_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_funding_rule_public_id")),
    )
    with op.batch_alter_table("funding_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_rule_funding_source_id"), ["funding_source_id"], unique=False)

    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("recall_class", sa.String(length=10), nullable=True),
        sa.Column("instructions", sa.String(length=500), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_recall_opened_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recall_public_id")),
    )
    op.create_table(
        "item_substitute",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("item_id <> substitute_id", name=op.f("ck_item_substitute_another_item")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_substitute_item_id_item")),
        sa.ForeignKeyConstraint(["substitute_id"], ["item.id"], name=op.f("fk_item_substitute_substitute_id_item")),
        sa.PrimaryKeyConstraint("item_id", "substitute_id", name=op.f("pk_item_substitute")),
    )
    op.create_table(
        "kit_recipe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("kit_item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["kit_item_id"], ["item.id"], name=op.f("fk_kit_recipe_kit_item_id_item")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_kit_recipe_recorded_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_recipe")),
        sa.UniqueConstraint("kit_item_id", "version", name=op.f("uq_kit_recipe_kit_item_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kit_recipe_public_id")),
        info={"append_only": True},
    )
    op.create_table(
        "requisition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("from_location_id", sa.Integer(), nullable=False),
        sa.Column("to_location_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_requisition_decided_by_id_account")),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["stock_location.id"], name=op.f("fk_requisition_from_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_requisition_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["stock_location.id"], name=op.f("fk_requisition_to_location_id_stock_location")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_requisition_public_id")),
    )
    with op.batch_alter_table("requisition", schema=None) as batch_op:
        batch_op.create_index("ix_requisition_status", ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_requisition_to_location_id"), ["to_location_id"], unique=False)

    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=True),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_count_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["posted_by_id"], ["account.id"], name=op.f("fk_stock_count_posted_by_id_account")),
        sa.ForeignKeyConstraint(["started_by_id"], ["account.id"], name=op.f("fk_stock_count_started_by_id_account")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["stock_transaction.id"], name=op.f("fk_stock_count_transaction_id_stock_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_count_public_id")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_stock_count_transaction_id")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stock_count_draft",
            ["location_id"],
            unique=True,
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.create_table(
        "stock_document",
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("acquisition", sa.String(length=12), nullable=True),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("is_temperature_kept", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("cost_cents >= 0", name=op.f("ck_stock_document_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_stock_document_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_stock_document")),
        info={"append_only": True},
    )
    op.create_table(
        "stock_policy",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.Column("emergency_days", sa.Integer(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("par_level", sa.Integer(), nullable=True),
        sa.CheckConstraint("emergency_days >= 0", name=op.f("ck_stock_policy_emergency_not_negative")),
        sa.CheckConstraint("lead_days >= 0", name=op.f("ck_stock_policy_lead_not_negative")),
        sa.CheckConstraint("max_days >= 0", name=op.f("ck_stock_policy_max_not_negative")),
        sa.CheckConstraint("min_days >= 0", name=op.f("ck_stock_policy_min_not_negative")),
        sa.CheckConstraint("par_level >= 0", name=op.f("ck_stock_policy_par_not_negative")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_policy_item_id_item")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_policy_location_id_stock_location")
        ),
        sa.PrimaryKeyConstraint("location_id", "item_id", name=op.f("pk_stock_policy")),
    )
    op.create_table(
        "kit_recipe_line",
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("component_item_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("is_expiry_bearing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_kit_recipe_line_holds_something")),
        sa.ForeignKeyConstraint(
            ["component_item_id"], ["item.id"], name=op.f("fk_kit_recipe_line_component_item_id_item")
        ),
        sa.ForeignKeyConstraint(["recipe_id"], ["kit_recipe.id"], name=op.f("fk_kit_recipe_line_recipe_id_kit_recipe")),
        sa.PrimaryKeyConstraint("recipe_id", "component_item_id", name=op.f("pk_kit_recipe_line")),
        info={"append_only": True},
    )
    op.create_table(
        "requisition_line",
        sa.Column("requisition_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=True),
        sa.CheckConstraint("approved >= 0", name=op.f("ck_requisition_line_approved_not_negative")),
        sa.CheckConstraint("requested > 0", name=op.f("ck_requisition_line_asks_for_something")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_requisition_line_item_id_item")),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_requisition_line_requisition_id_requisition")
        ),
        sa.PrimaryKeyConstraint("requisition_id", "item_id", name=op.f("pk_requisition_line")),
    )
    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("requisition_id", sa.Integer(), nullable=True),
        sa.Column("from_location_id", sa.Integer(), nullable=False),
        sa.Column("to_location_id", sa.Integer(), nullable=False),
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["stock_transaction.id"], name=op.f("fk_shipment_acceptance_id_stock_transaction")
        ),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["stock_transaction.id"], name=op.f("fk_shipment_dispatch_id_stock_transaction")
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["stock_location.id"], name=op.f("fk_shipment_from_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisition.id"], name=op.f("fk_shipment_requisition_id_requisition")
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["stock_location.id"], name=op.f("fk_shipment_to_location_id_stock_location")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("acceptance_id", name=op.f("uq_shipment_acceptance_id")),
        sa.UniqueConstraint("dispatch_id", name=op.f("uq_shipment_dispatch_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shipment_public_id")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_requisition_id"), ["requisition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_to_location_id"), ["to_location_id"], unique=False)

    op.create_table(
        "stock_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("source_location_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("count_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by_id"], ["account.id"], name=op.f("fk_stock_shift_closed_by_id_account")),
        sa.ForeignKeyConstraint(["count_id"], ["stock_count.id"], name=op.f("fk_stock_shift_count_id_stock_count")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_shift_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_stock_shift_opened_by_id_account")),
        sa.ForeignKeyConstraint(
            ["source_location_id"], ["stock_location.id"], name=op.f("fk_stock_shift_source_location_id_stock_location")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_shift")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_shift_public_id")),
    )
    with op.batch_alter_table("stock_shift", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stock_shift_open",
            ["location_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "expiry_notice",
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_expiry_notice_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_expiry_notice_lot_id_lot")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["account.id"], name=op.f("fk_expiry_notice_seen_by_id_account")),
        sa.PrimaryKeyConstraint("location_id", "lot_id", "expiry", "days", name=op.f("pk_expiry_notice")),
    )
    op.create_table(
        "heat_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_heat_flag_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_heat_flag_lot_id_lot")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["account.id"], name=op.f("fk_heat_flag_noted_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heat_flag")),
        sa.UniqueConstraint("public_id", name=op.f("uq_heat_flag_public_id")),
    )
    with op.batch_alter_table("heat_flag", schema=None) as batch_op:
        batch_op.create_index(
            "uq_heat_flag_open",
            ["location_id", "lot_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "lot_component",
        sa.Column("kit_lot_id", sa.Integer(), nullable=False),
        sa.Column("component_lot_id", sa.Integer(), nullable=False),
        sa.Column("part_item_id", sa.Integer(), nullable=False),
        sa.Column("quantity_per_kit", sa.Integer(), nullable=False),
        sa.Column("is_expiry_bearing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity_per_kit > 0", name=op.f("ck_lot_component_holds_something")),
        sa.ForeignKeyConstraint(["component_lot_id"], ["lot.id"], name=op.f("fk_lot_component_component_lot_id_lot")),
        sa.ForeignKeyConstraint(["kit_lot_id"], ["lot.id"], name=op.f("fk_lot_component_kit_lot_id_lot")),
        sa.ForeignKeyConstraint(["part_item_id"], ["item.id"], name=op.f("fk_lot_component_part_item_id_item")),
        sa.PrimaryKeyConstraint("kit_lot_id", "component_lot_id", name=op.f("pk_lot_component")),
        info={"append_only": True},
    )
    with op.batch_alter_table("lot_component", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_component_component_lot_id"), ["component_lot_id"], unique=False)

    op.create_table(
        "lot_expiry_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("old_expiry", sa.Date(), nullable=True),
        sa.Column("new_expiry", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_expiry_revision_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_lot_expiry_revision_recorded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_expiry_revision")),
        info={"append_only": True},
    )
    with op.batch_alter_table("lot_expiry_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_expiry_revision_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "lot_status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("old_status", sa.String(length=12), nullable=False),
        sa.Column("new_status", sa.String(length=12), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_status_change_lot_id_lot")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_lot_status_change_recall_id_recall")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_lot_status_change_recorded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_status_change")),
        info={"append_only": True},
    )
    with op.batch_alter_table("lot_status_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_status_change_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "recall_lot",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_lot_id_lot")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_lot_recall_id_recall")),
        sa.PrimaryKeyConstraint("recall_id", "lot_id", name=op.f("pk_recall_lot")),
    )
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_lot_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "stock_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("counterpart_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("order_key", sa.String(length=36), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_anchor_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["counterpart_id"], ["stock_location.id"], name=op.f("fk_stock_anchor_counterpart_id_stock_location")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_stock_anchor_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_anchor_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["stock_reason.id"], name=op.f("fk_stock_anchor_reason_id_stock_reason")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["stock_transaction.id"], name=op.f("fk_stock_anchor_transaction_id_stock_transaction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_anchor")),
        sa.UniqueConstraint("order_key", name=op.f("uq_stock_anchor_order_key")),
        info={"append_only": True},
    )
    with op.batch_alter_table("stock_anchor", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stock_anchor_place", ["location_id", "lot_id", "occurred_at", "order_key"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stock_anchor_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "stock_count_line",
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("order_key", sa.String(length=36), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(), nullable=True),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_counted_not_negative")),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id_stock_count")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_count_line_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["stock_reason.id"], name=op.f("fk_stock_count_line_reason_id_stock_reason")
        ),
        sa.PrimaryKeyConstraint("count_id", "lot_id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint("order_key", name=op.f("uq_stock_count_line_order_key")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
