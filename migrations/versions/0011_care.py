"""What happens on a visit beside supplies, work with groups, the front desk; visits and referrals know of codes."""

from uuid import NAMESPACE_OID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0011_care"
down_revision = "0010_participants"
branch_labels = None
depends_on = None

ACTIVITIES = (
    ("service", "Wound care"),
    ("service", "Vaccination"),
    ("service", "Drug checking"),
    ("service", "Talk or support"),
    ("service", "Help with papers"),
    ("service", "Food or drink"),
    ("service", "Shower or laundry"),
    ("test", "HIV test"),
    ("test", "Hepatitis C test"),
    ("test", "Hepatitis B test"),
    ("test", "STI test"),
    ("test", "Tuberculosis test"),
    ("test", "Pregnancy test"),
    ("test", "HIV self-test kit"),
    ("education", "Recognising and answering an overdose"),
    ("education", "Safer injection"),
    ("education", "Safer smoking"),
    ("education", "Caring for wounds"),
    ("education", "HIV and hepatitis C"),
    ("education", "Using test strips"),
    ("education", "Safe disposal"),
    ("education", "Treatment options"),
    ("education", "Legal rights"),
    ("education", "Sexual health"),
)

activity = sa.table(
    "activity",
    sa.column("public_id", sa.String),
    sa.column("kind", sa.String),
    sa.column("name", sa.String),
    sa.column("position", sa.Integer),
    sa.column("is_active", sa.Boolean),
)


def upgrade() -> None:
    """Make the tables, and the rows that every programme starts with."""
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_activity_public_id")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index("ix_activity_kind", ["kind", "position"], unique=False)
    op.create_table(
        "group_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("trained", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("removed_reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint("attended BETWEEN 0 AND 5000", name=op.f("ck_group_event_attended_believable")),
        sa.CheckConstraint("trained BETWEEN 0 AND 5000", name=op.f("ck_group_event_trained_believable")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_group_event_recorded_by_id_account")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_group_event_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_group_event_public_id")),
    )
    with op.batch_alter_table("group_event", schema=None) as batch_op:
        batch_op.create_index("ix_group_event_site", ["site_id", "held_on"], unique=False)
    op.create_table(
        "queue_day",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("went_away", sa.Integer(), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("minutes_waited", sa.Integer(), nullable=False),
        sa.Column("longest_wait", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_queue_day_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_queue_day")),
    )
    op.create_table(
        "sharps_collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("area_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("syringes", sa.Integer(), nullable=True),
        sa.Column("syringes_measure", sa.String(length=10), nullable=True),
        sa.Column("syringes_factor", sa.Integer(), nullable=True),
        sa.Column("containers", sa.Integer(), nullable=True),
        sa.Column("helpers", sa.Integer(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("removed_reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint("containers BETWEEN 0 AND 500", name=op.f("ck_sharps_collection_containers_believable")),
        sa.CheckConstraint("helpers BETWEEN 0 AND 500", name=op.f("ck_sharps_collection_helpers_believable")),
        sa.CheckConstraint("syringes BETWEEN 0 AND 50000", name=op.f("ck_sharps_collection_syringes_believable")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_sharps_collection_recorded_by_id_account")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_sharps_collection_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharps_collection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sharps_collection_public_id")),
    )
    with op.batch_alter_table("sharps_collection", schema=None) as batch_op:
        batch_op.create_index("ix_sharps_collection_site", ["site_id", "happened_on"], unique=False)
    op.create_table(
        "peer_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("stock_transaction_id", sa.Integer(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("people_reached", sa.Integer(), nullable=True),
        sa.Column("trained", sa.Integer(), nullable=True),
        sa.Column("syringes_back", sa.Integer(), nullable=True),
        sa.Column("reversals_heard_of", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("removed_reason", sa.String(length=20), nullable=True),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_peer_report_ends_after_it_begins")),
        sa.CheckConstraint("people_reached BETWEEN 0 AND 5000", name=op.f("ck_peer_report_people_reached_believable")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["stock_location.id"], name=op.f("fk_peer_report_location_id_stock_location")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_peer_report_recorded_by_id_account")),
        sa.ForeignKeyConstraint(
            ["stock_transaction_id"],
            ["stock_transaction.id"],
            name=op.f("fk_peer_report_stock_transaction_id_stock_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_peer_report_public_id")),
    )
    with op.batch_alter_table("peer_report", schema=None) as batch_op:
        batch_op.create_index("ix_peer_report_location", ["location_id", "ends_on"], unique=False)
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=16), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("encounter_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_queue_entry_encounter_id_encounter")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_queue_entry_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_queue_entry_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_queue_entry_public_id")),
        sa.UniqueConstraint("site_id", "day", "ticket", name=op.f("uq_queue_entry_site_id")),
    )
    with op.batch_alter_table("queue_entry", schema=None) as batch_op:
        batch_op.create_index("ix_queue_entry_participant_id", ["participant_id"], unique=False)
    op.create_table(
        "stated_need",
        sa.Column("encounter_id", sa.Integer(), nullable=False),
        sa.Column("injections", sa.Integer(), nullable=True),
        sa.Column("injection_days", sa.Integer(), nullable=True),
        sa.Column("supplies_units", sa.Integer(), nullable=True),
        sa.Column("supplies_days", sa.Integer(), nullable=True),
        sa.Column("people_around", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("injection_days BETWEEN 1 AND 90", name=op.f("ck_stated_need_injection_days_believable")),
        sa.CheckConstraint("injections BETWEEN 0 AND 500", name=op.f("ck_stated_need_injections_believable")),
        sa.CheckConstraint("people_around BETWEEN 0 AND 99", name=op.f("ck_stated_need_people_around_believable")),
        sa.CheckConstraint("supplies_days BETWEEN 1 AND 90", name=op.f("ck_stated_need_supplies_days_believable")),
        sa.CheckConstraint("supplies_units BETWEEN 0 AND 5000", name=op.f("ck_stated_need_supplies_units_believable")),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounter.id"], name=op.f("fk_stated_need_encounter_id_encounter")),
        sa.PrimaryKeyConstraint("encounter_id", name=op.f("pk_stated_need")),
    )
    op.create_table(
        "visit_activity",
        sa.Column("encounter_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_activity_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_visit_activity_encounter_id_encounter")
        ),
        sa.PrimaryKeyConstraint("encounter_id", "activity_id", name=op.f("pk_visit_activity")),
    )
    op.create_table(
        "naloxone_talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("encounter_id", sa.Integer(), nullable=False),
        sa.Column("distribution_id", sa.Integer(), nullable=True),
        sa.Column("reply", sa.String(length=12), nullable=True),
        sa.Column("supply_type", sa.String(length=12), nullable=True),
        sa.Column("previous_fate", sa.String(length=16), nullable=True),
        sa.Column("previous_source", sa.String(length=16), nullable=True),
        sa.Column("times_used", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=16), nullable=True),
        sa.Column("training", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("times_used BETWEEN 1 AND 20", name=op.f("ck_naloxone_talk_times_used_believable")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_naloxone_talk_distribution_id_distribution")
        ),
        sa.ForeignKeyConstraint(
            ["encounter_id"], ["encounter.id"], name=op.f("fk_naloxone_talk_encounter_id_encounter")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_naloxone_talk_recorded_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_naloxone_talk")),
        sa.UniqueConstraint("public_id", name=op.f("uq_naloxone_talk_public_id")),
    )
    with op.batch_alter_table("naloxone_talk", schema=None) as batch_op:
        batch_op.create_index("ix_naloxone_talk_encounter_id", ["encounter_id"], unique=False)
    op.create_table(
        "taught_act",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("is_shown_back", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["talk_id"], ["naloxone_talk.id"], name=op.f("fk_taught_act_talk_id_naloxone_talk")),
        sa.PrimaryKeyConstraint("talk_id", "act", name=op.f("pk_taught_act")),
    )
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("participant_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("group_event_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_encounter_group_event_id"), ["group_event_id"], unique=False)
        batch_op.create_index("ix_encounter_participant", ["participant_id", "occurred_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_encounter_participant_id_participant"), "participant", ["participant_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_encounter_group_event_id_group_event"), "group_event", ["group_event_id"], ["id"]
        )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("participant_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_referral_participant_id"), ["participant_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_referral_participant_id_participant"), "participant", ["participant_id"], ["id"]
        )
    op.bulk_insert(
        activity,
        [
            {
                "public_id": str(uuid5(NAMESPACE_OID, f"activity {name}")),
                "kind": kind,
                "name": name,
                "position": position,
                "is_active": True,
            }
            for position, (kind, name) in enumerate(ACTIVITIES, start=1)
        ],
    )


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_referral_participant_id_participant"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_referral_participant_id"))
        batch_op.drop_column("participant_id")
    with op.batch_alter_table("encounter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_encounter_group_event_id_group_event"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_encounter_participant_id_participant"), type_="foreignkey")
        batch_op.drop_index("ix_encounter_participant")
        batch_op.drop_index(batch_op.f("ix_encounter_group_event_id"))
        batch_op.drop_column("group_event_id")
        batch_op.drop_column("participant_id")
    op.drop_table("taught_act")
    op.drop_table("naloxone_talk")
    op.drop_table("visit_activity")
    op.drop_table("stated_need")
    op.drop_table("queue_entry")
    op.drop_table("peer_report")
    op.drop_table("sharps_collection")
    op.drop_table("queue_day")
    op.drop_table("group_event")
    op.drop_table("activity")
