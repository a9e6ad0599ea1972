"""Participants with a code, what they tell once, and the way that a programme hopes for."""

from uuid import NAMESPACE_OID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0010_participants"
down_revision = "0009_supplies_join_the_ledger"
branch_labels = None
depends_on = None

STEPS = (
    ("First visit", "first_visit"),
    ("Came again", "came_back"),
    ("Has naloxone", "naloxone"),
    ("Told of a service", "referral_made"),
    ("Got there", "referral_arrived"),
    ("Still there after 30 days", "referral_kept"),
)

journey_step = sa.table(
    "journey_step",
    sa.column("public_id", sa.String),
    sa.column("name", sa.String),
    sa.column("measure", sa.String),
    sa.column("position", sa.Integer),
    sa.column("is_active", sa.Boolean),
)


def upgrade() -> None:
    """Make the tables, and the rows that every programme starts with."""
    op.create_table(
        "journey_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_step")),
        sa.UniqueConstraint("public_id", name=op.f("uq_journey_step_public_id")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("trail_id", sa.String(length=36), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("merged_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["participant.id"], name=op.f("fk_participant_merged_into_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_participant_public_id")),
        sa.UniqueConstraint("trail_id", name=op.f("uq_participant_trail_id")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_merged_into_id"), ["merged_into_id"], unique=False)
    op.create_table(
        "profile_field",
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("asked_for", sa.String(length=80), nullable=False),
        sa.Column("keep_months", sa.Integer(), nullable=False),
        sa.Column("turned_on_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("keep_months BETWEEN 1 AND 36", name=op.f("ck_profile_field_kept_for_a_while")),
        sa.PrimaryKeyConstraint("field", name=op.f("pk_profile_field")),
    )
    op.create_table(
        "connection",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_connection_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_connection_site_id_site")),
        sa.PrimaryKeyConstraint("participant_id", "part", "site_id", name=op.f("pk_connection")),
    )
    op.create_table(
        "journey_barrier",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("barrier", sa.String(length=24), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_journey_barrier_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["journey_step.id"], name=op.f("fk_journey_barrier_step_id_journey_step")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_journey_barrier_site_id_site")),
        sa.PrimaryKeyConstraint("participant_id", "step_id", "barrier", "site_id", name=op.f("pk_journey_barrier")),
    )
    op.create_table(
        "journey_mark",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_journey_mark_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["journey_step.id"], name=op.f("fk_journey_mark_step_id_journey_step")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_journey_mark_site_id_site")),
        sa.PrimaryKeyConstraint("participant_id", "step_id", "site_id", name=op.f("pk_journey_mark")),
    )
    op.create_table(
        "lookup_count",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("hour_began_at", sa.DateTime(), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_lookup_count_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_lookup_count")),
    )
    op.create_table(
        "participant_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("key_mark", sa.String(length=8), nullable=False),
        sa.Column("recipe_version", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_participant_code_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_code")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_participant_code_code_digest")),
    )
    with op.batch_alter_table("participant_code", schema=None) as batch_op:
        batch_op.create_index("ix_participant_code_participant_id", ["participant_id"], unique=False)
    op.create_table(
        "participant_site",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_participant_site_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_participant_site_site_id_site")),
        sa.PrimaryKeyConstraint("participant_id", "site_id", name=op.f("pk_participant_site")),
    )
    op.create_table(
        "profile_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_profile_answer_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_profile_answer_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_answer")),
        sa.UniqueConstraint(
            "participant_id", "site_id", "field", "answer", name=op.f("uq_profile_answer_participant_id")
        ),
    )
    with op.batch_alter_table("profile_answer", schema=None) as batch_op:
        batch_op.create_index("ix_profile_answer_erase_on", ["erase_on"], unique=False)
    op.bulk_insert(
        journey_step,
        [
            {
                "public_id": str(uuid5(NAMESPACE_OID, f"journey {measure}")),
                "name": name,
                "measure": measure,
                "position": position,
                "is_active": True,
            }
            for position, (name, measure) in enumerate(STEPS, start=1)
        ],
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("profile_answer")
    op.drop_table("participant_site")
    op.drop_table("participant_code")
    op.drop_table("lookup_count")
    op.drop_table("journey_mark")
    op.drop_table("journey_barrier")
    op.drop_table("connection")
    op.drop_table("profile_field")
    op.drop_table("participant")
    op.drop_table("journey_step")
