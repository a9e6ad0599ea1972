"""Reports of overdoses, numbers that were shown outside, and what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0012_reversals"
down_revision = "0011_care"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "released_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("figure", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_figure")),
        sa.UniqueConstraint("page", "period", "figure", name=op.f("uq_released_figure_page")),
    )
    op.create_table(
        "roll_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ran_at", sa.DateTime(), nullable=False),
        sa.Column("before_day", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("referrals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_up")),
        sa.UniqueConstraint("before_day", name=op.f("uq_roll_up_before_day")),
    )
    op.create_table(
        "reversal_report",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("put_aside_reason", sa.String(length=12), nullable=True),
        sa.Column("wording", sa.String(length=10), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("encounter_id", sa.Integer(), nullable=True),
        sa.Column("talk_id", sa.Integer(), nullable=True),
        sa.Column("is_cut_loose", sa.Boolean(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("exactness", sa.String(length=8), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("doses", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(exactness = 'unknown') = (happened_on IS NULL)", name=op.f("ck_reversal_report_a_day_unless_unknown")
        ),
        sa.CheckConstraint("doses BETWEEN 0 AND 20", name=op.f("ck_reversal_report_doses_believable")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_reversal_report_encounter_id_encounter")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reversal_report_item_id_item")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_reversal_report_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_reversal_report_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_reversal_report_site_id_site")),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["naloxone_talk.id"], name=op.f("fk_reversal_report_talk_id_naloxone_talk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reversal_report_public_id")),
    )
    with op.batch_alter_table("reversal_report", schema=None) as batch_op:
        batch_op.create_index("ix_reversal_report_encounter_id", ["encounter_id"], unique=False)
        batch_op.create_index("ix_reversal_report_happened_on", ["happened_on"], unique=False)
        batch_op.create_index("ix_reversal_report_participant_id", ["participant_id"], unique=False)
        batch_op.create_index("ix_reversal_report_state", ["state", "received_at"], unique=False)
    op.create_table(
        "reversal_answer",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reversal_report.id"], name=op.f("fk_reversal_answer_report_id_reversal_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "question", "answer", name=op.f("pk_reversal_answer")),
    )
    op.create_table(
        "same_event",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["reversal_report.id"], name=op.f("fk_same_event_first_id_reversal_report")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["reversal_report.id"], name=op.f("fk_same_event_second_id_reversal_report")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_same_event")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("same_event")
    op.drop_table("reversal_answer")
    op.drop_table("reversal_report")
    op.drop_table("roll_up")
    op.drop_table("released_figure")
