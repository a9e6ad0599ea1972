"""Conversations that were kept, their plans, open loops, instruments and reflections."""

import sqlalchemy as sa
from alembic import op

revision = "0014_conversations"
down_revision = "0013_phones"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let a roll-up count the conversations."""
    with op.batch_alter_table("roll_up") as table:
        table.add_column(sa.Column("conversations", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("roll_up") as table:
        table.alter_column("conversations", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    op.create_table(
        "card_set_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("is_of_programme", sa.Boolean(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_set_version")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_card_set_version_fingerprint")),
        sa.UniqueConstraint("number", name=op.f("uq_card_set_version_number")),
        info={"append_only": True},
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("plan_number", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_conversation_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_conversation_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("plan_number", name=op.f("uq_conversation_plan_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversation_public_id")),
    )
    op.create_index("ix_conversation_participant_id", "conversation", ["participant_id"])
    op.create_index("ix_conversation_site_id", "conversation", ["site_id"])

    op.create_table(
        "instrument_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_instrument_result_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_instrument_result_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_instrument_result_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_result")),
        sa.UniqueConstraint("public_id", name=op.f("uq_instrument_result_public_id")),
    )
    op.create_index("ix_instrument_result_participant_id", "instrument_result", ["participant_id"])
    op.create_index("ix_instrument_result_site_id", "instrument_result", ["site_id"])

    op.create_table(
        "talk_reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("talked_most", sa.String(length=16), nullable=True),
        sa.Column("began_with_strengths", sa.String(length=16), nullable=True),
        sa.Column("offered_choices", sa.String(length=16), nullable=True),
        sa.Column("asked_before_telling", sa.String(length=16), nullable=True),
        sa.Column("learned_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_talk_reflection_account_id_account")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_talk_reflection_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_reflection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_talk_reflection_public_id")),
    )
    op.create_index("ix_talk_reflection_account_id", "talk_reflection", ["account_id"])
    op.create_index("ix_talk_reflection_site_month", "talk_reflection", ["site_id", "month"])

    op.create_table(
        "instrument_answer",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["instrument_result.id"], name=op.f("fk_instrument_answer_result_id_instrument_result")
        ),
        sa.PrimaryKeyConstraint("result_id", "item", name=op.f("pk_instrument_answer")),
    )
    op.create_table(
        "conversation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("card_set_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("situation", sa.String(length=12), nullable=True),
        sa.Column("wishes", sa.String(length=120), nullable=False),
        sa.Column("goal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sign_off", sa.String(length=12), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_set_id"], ["card_set_version.id"], name=op.f("fk_conversation_version_card_set_id_card_set_version")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_version_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_conversation_version_recorded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_version")),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_conversation_version_conversation_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversation_version_public_id")),
    )
    op.create_index("ix_conversation_version_held_on", "conversation_version", ["held_on"])
    op.create_index("ix_conversation_version_review_on", "conversation_version", ["review_on"])

    op.create_table(
        "card_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(length=16), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("staff_words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("earlier_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("staff_earlier_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_still_true", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["conversation_version.id"], name=op.f("fk_card_answer_version_id_conversation_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_answer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_card_answer_public_id")),
        sa.UniqueConstraint("version_id", "card", name=op.f("uq_card_answer_version_id")),
    )
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=12), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=True),
        sa.Column("option", sa.String(length=40), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("when_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("helper_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("is_on_paper", sa.Boolean(), nullable=False),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_plan_line_confidence_on_scale")),
        sa.CheckConstraint("importance BETWEEN 0 AND 10", name=op.f("ck_plan_line_importance_on_scale")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["conversation_version.id"], name=op.f("fk_plan_line_version_id_conversation_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_line_public_id")),
        sa.UniqueConstraint("version_id", "step_id", name=op.f("uq_plan_line_version_id")),
    )
    op.create_table(
        "card_choice",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_concern", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["card_answer.id"], name=op.f("fk_card_choice_answer_id_card_answer")),
        sa.PrimaryKeyConstraint("answer_id", "option", name=op.f("pk_card_choice")),
    )
    op.create_table(
        "open_loop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("ended", sa.String(length=12), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_open_loop_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_open_loop_recorded_by_id_account")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_open_loop_referral_id_referral")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_open_loop_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_loop")),
        sa.UniqueConstraint("public_id", name=op.f("uq_open_loop_public_id")),
    )
    op.create_index("ix_open_loop_conversation_id", "open_loop", ["conversation_id"])
    op.create_index("ix_open_loop_referral_id", "open_loop", ["referral_id"])
    op.create_index("ix_open_loop_site_ended", "open_loop", ["site_id", "ended", "due_on"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_open_loop_site_ended", table_name="open_loop")
    op.drop_index("ix_open_loop_referral_id", table_name="open_loop")
    op.drop_index("ix_open_loop_conversation_id", table_name="open_loop")

    op.drop_table("open_loop")
    op.drop_table("card_choice")
    op.drop_table("plan_line")
    op.drop_table("card_answer")
    op.drop_index("ix_conversation_version_review_on", table_name="conversation_version")
    op.drop_index("ix_conversation_version_held_on", table_name="conversation_version")

    op.drop_table("conversation_version")
    op.drop_table("instrument_answer")
    op.drop_index("ix_talk_reflection_site_month", table_name="talk_reflection")
    op.drop_index("ix_talk_reflection_account_id", table_name="talk_reflection")

    op.drop_table("talk_reflection")
    op.drop_index("ix_instrument_result_site_id", table_name="instrument_result")
    op.drop_index("ix_instrument_result_participant_id", table_name="instrument_result")

    op.drop_table("instrument_result")
    op.drop_index("ix_conversation_site_id", table_name="conversation")
    op.drop_index("ix_conversation_participant_id", table_name="conversation")

    op.drop_table("conversation")
    op.drop_table("card_set_version")
    with op.batch_alter_table("roll_up") as table:
        table.drop_column("conversations")
