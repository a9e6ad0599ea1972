"""The directory: its records, how it is searched, how it comes in and is kept true."""

import sqlalchemy as sa
from alembic import op

revision = "0006_directory"
down_revision = "0005_the_world_outside"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "directory_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("namespace", sa.String(length=36), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_source")),
        sa.UniqueConstraint("name", name=op.f("uq_directory_source_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_directory_source_public_id")),
    )
    op.create_table(
        "geocoded_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_geocoded_address")),
        sa.UniqueConstraint("digest", name=op.f("uq_geocoded_address_digest")),
    )
    op.create_table(
        "hotline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("text_number", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("hours", sa.String(length=160), nullable=False),
        sa.Column("languages", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hotline_public_id")),
    )
    op.create_table(
        "directory_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("file_format", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("rows_expected", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_applied", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["account.id"], name=op.f("fk_directory_import_imported_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_directory_import_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_directory_import_public_id")),
    )
    with op.batch_alter_table("directory_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_import_source_id"), ["source_id"], unique=False)
    op.create_table(
        "loose_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_loose_record_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loose_record")),
        sa.UniqueConstraint("table_name", "hsds_id", name=op.f("uq_loose_record_table_name")),
    )
    with op.batch_alter_table("loose_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loose_record_source_id"), ["source_id"], unique=False)
    op.create_table(
        "organization",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("location_ids", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_organization_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_organization_hsds_id")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_source_id"), ["source_id"], unique=False)
    op.create_table(
        "taxonomy",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_taxonomy_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_taxonomy_hsds_id")),
    )
    with op.batch_alter_table("taxonomy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taxonomy_source_id"), ["source_id"], unique=False)
    op.create_table(
        "directory_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_directory_change_import_id_directory_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
        info={"append_only": True},
    )
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.create_index("ix_directory_change_record", ["kind", "hsds_id"], unique=False)
    op.create_table(
        "directory_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["directory_import.id"], name=op.f("fk_directory_import_row_import_id_directory_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import_row")),
    )
    with op.batch_alter_table("directory_import_row", schema=None) as batch_op:
        batch_op.create_index("ix_directory_import_row_import", ["import_id", "row_number"], unique=False)
    op.create_table(
        "service",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.String(length=80), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into_id"], ["service.id"], name=op.f("fk_service_merged_into_id_service")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_service_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_service_hsds_id")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index("ix_service_by_name", ["merged_into_id", "name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_source_id"), ["source_id"], unique=False)
        batch_op.create_index("ix_service_verified_on", ["verified_on"], unique=False)
    op.create_table(
        "service_location",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("position_from", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=True),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_location_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_service_location_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_location")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_service_location_hsds_id")),
    )
    with op.batch_alter_table("service_location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_location_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_service_location_position", ["latitude", "longitude"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_location_postal_code"), ["postal_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_location_source_id"), ["source_id"], unique=False)
    op.create_table(
        "taxonomy_term",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("taxonomy_id", sa.Integer(), nullable=True),
        sa.Column("parent_hsds_id", sa.String(length=36), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_taxonomy_term_source_id_directory_source")
        ),
        sa.ForeignKeyConstraint(["taxonomy_id"], ["taxonomy.id"], name=op.f("fk_taxonomy_term_taxonomy_id_taxonomy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_taxonomy_term_hsds_id")),
    )
    with op.batch_alter_table("taxonomy_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taxonomy_term_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_taxonomy_term_parent_hsds_id"), ["parent_hsds_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taxonomy_term_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taxonomy_term_taxonomy_id"), ["taxonomy_id"], unique=False)
    op.create_table(
        "not_duplicate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["service.id"], name=op.f("fk_not_duplicate_first_id_service")),
        sa.ForeignKeyConstraint(["second_id"], ["service.id"], name=op.f("fk_not_duplicate_second_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_duplicate")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_not_duplicate_first_id")),
    )
    op.create_table(
        "service_at_location",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hsds_id", sa.String(length=36), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("source_document", sa.JSON(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["service_location.id"], name=op.f("fk_service_at_location_location_id_service_location")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_at_location_service_id_service")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["directory_source.id"], name=op.f("fk_service_at_location_source_id_directory_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_at_location")),
        sa.UniqueConstraint("hsds_id", name=op.f("uq_service_at_location_hsds_id")),
    )
    with op.batch_alter_table("service_at_location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_at_location_location_id"), ["location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_at_location_service_id"), ["service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_at_location_source_id"), ["source_id"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_from_public", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_suggestion_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("public_id", name=op.f("uq_suggestion_public_id")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_service_id"), ["service_id"], unique=False)
        batch_op.create_index("ix_suggestion_state", ["state", "made_at"], unique=False)
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("service_at_location_id", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name=op.f("ck_closure_hours_are_whole")),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name=op.f("ck_closure_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_closure_service_at_location_id_service_at_location"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_closure_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closure_public_id")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_service_id"), ["service_id"], unique=False)
    op.create_table(
        "finder_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("service_at_location_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("organization_name", sa.String(length=300), nullable=False),
        sa.Column("place_name", sa.String(length=300), nullable=False),
        sa.Column("town", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("terms", sa.BigInteger(), nullable=False),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("searched", sa.String(length=2000), nullable=False),
        sa.Column("open_parts", sa.BigInteger(), nullable=False),
        sa.Column("has_hours", sa.Boolean(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_finder_entry_service_at_location_id_service_at_location"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_finder_entry_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finder_entry")),
    )
    with op.batch_alter_table("finder_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_finder_entry_position",
            ["latitude", "longitude", "terms", "open_parts", "time_zone"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_finder_entry_time_zone"), ["time_zone"], unique=False)
        batch_op.create_index(batch_op.f("ix_finder_entry_languages"), ["languages"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_finder_entry_service_at_location_id"), ["service_at_location_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_finder_entry_service_id"), ["service_id"], unique=False)
    op.create_table(
        "open_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["finder_entry.id"], name=op.f("fk_open_hours_entry_id_finder_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_hours")),
    )
    with op.batch_alter_table("open_hours", schema=None) as batch_op:
        batch_op.create_index(
            "ix_open_hours_entry",
            ["entry_id", "weekday", "opens", "closes", "valid_from", "valid_until"],
            unique=False,
        )


def downgrade() -> None:
    """Drop the tables."""
    with op.batch_alter_table("open_hours", schema=None) as batch_op:
        batch_op.drop_index("ix_open_hours_entry")
    op.drop_table("open_hours")
    with op.batch_alter_table("finder_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finder_entry_service_id"))
        batch_op.drop_index(batch_op.f("ix_finder_entry_service_at_location_id"))
        batch_op.drop_index(batch_op.f("ix_finder_entry_languages"))
        batch_op.drop_index(batch_op.f("ix_finder_entry_time_zone"))
        batch_op.drop_index("ix_finder_entry_position")
    op.drop_table("finder_entry")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_service_id"))
    op.drop_table("closure")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index("ix_suggestion_state")
        batch_op.drop_index(batch_op.f("ix_suggestion_service_id"))
    op.drop_table("suggestion")
    with op.batch_alter_table("service_at_location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_at_location_source_id"))
        batch_op.drop_index(batch_op.f("ix_service_at_location_service_id"))
        batch_op.drop_index(batch_op.f("ix_service_at_location_location_id"))
    op.drop_table("service_at_location")
    op.drop_table("not_duplicate")
    with op.batch_alter_table("taxonomy_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taxonomy_term_taxonomy_id"))
        batch_op.drop_index(batch_op.f("ix_taxonomy_term_source_id"))
        batch_op.drop_index(batch_op.f("ix_taxonomy_term_parent_hsds_id"))
        batch_op.drop_index(batch_op.f("ix_taxonomy_term_code"))
    op.drop_table("taxonomy_term")
    with op.batch_alter_table("service_location", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_location_source_id"))
        batch_op.drop_index(batch_op.f("ix_service_location_postal_code"))
        batch_op.drop_index("ix_service_location_position")
        batch_op.drop_index(batch_op.f("ix_service_location_organization_id"))
    op.drop_table("service_location")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index("ix_service_verified_on")
        batch_op.drop_index(batch_op.f("ix_service_source_id"))
        batch_op.drop_index(batch_op.f("ix_service_organization_id"))
        batch_op.drop_index("ix_service_by_name")
    op.drop_table("service")
    with op.batch_alter_table("directory_import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_directory_import_row_import")
    op.drop_table("directory_import_row")
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.drop_index("ix_directory_change_record")
    op.drop_table("directory_change")
    with op.batch_alter_table("taxonomy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taxonomy_source_id"))
    op.drop_table("taxonomy")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_source_id"))
    op.drop_table("organization")
    with op.batch_alter_table("loose_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_loose_record_source_id"))
    op.drop_table("loose_record")
    with op.batch_alter_table("directory_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_import_source_id"))
    op.drop_table("directory_import")
    op.drop_table("hotline")
    op.drop_table("geocoded_address")
    op.drop_table("directory_source")
