"""Phones that work without a signal, and every record that one of them sent."""

import sqlalchemy as sa
from alembic import op

revision = "0013_phones"
down_revision = "0012_reversals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "field_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("public_key", sa.String(length=88), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("highest_seq", sa.Integer(), nullable=False),
        sa.Column("noted_seq", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("clock_off_seconds", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_field_device_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["field_device.id"], name=op.f("fk_field_device_replaces_id_field_device")
        ),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["account.id"], name=op.f("fk_field_device_revoked_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_device")),
        sa.UniqueConstraint("public_id", name=op.f("uq_field_device_public_id")),
        sa.UniqueConstraint("public_key", name=op.f("uq_field_device_public_key")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_field_device_token_digest")),
    )
    op.create_table(
        "field_device_account",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_field_device_account_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["field_device.id"], name=op.f("fk_field_device_account_device_id_field_device")
        ),
        sa.PrimaryKeyConstraint("device_id", "account_id", name=op.f("pk_field_device_account")),
    )
    op.create_table(
        "field_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("envelope_sealed", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("device_at", sa.DateTime(), nullable=True),
        sa.Column("utc_offset", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=True),
        sa.Column("is_time_doubtful", sa.Boolean(), nullable=False),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("problem", sa.String(length=400), nullable=True),
        sa.Column("problem_values", sa.String(length=400), nullable=True),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["field_device.id"], name=op.f("fk_field_record_device_id_field_device")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["account.id"], name=op.f("fk_field_record_resolved_by_id_account")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["account.id"], name=op.f("fk_field_record_sender_id_account")),
        sa.ForeignKeyConstraint(["written_by_id"], ["account.id"], name=op.f("fk_field_record_written_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_record")),
        sa.UniqueConstraint("public_id", name=op.f("uq_field_record_public_id")),
    )
    op.create_index("ix_field_record_device_seq", "field_record", ["device_id", "seq"])
    op.create_index("ix_field_record_status", "field_record", ["status", "received_at"])

    op.create_table(
        "field_record_variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("envelope_sealed", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["field_record.id"], name=op.f("fk_field_record_variant_record_id_field_record")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["account.id"], name=op.f("fk_field_record_variant_resolved_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_record_variant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_field_record_variant_public_id")),
        sa.UniqueConstraint("record_id", "digest", name=op.f("uq_field_record_variant_record_id")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("field_record_variant")
    op.drop_index("ix_field_record_status", table_name="field_record")
    op.drop_index("ix_field_record_device_seq", table_name="field_record")

    op.drop_table("field_record")
    op.drop_table("field_device_account")
    op.drop_table("field_device")
