"""The database knows at which migration it stands."""

from alembic.script import ScriptDirectory
from flask_migrate import Migrate

from harmreduction.config import HOUSE
from harmreduction.core.db import db
from harmreduction.core.revisions import is_up_to_date, migrate_database, newest_revision, stored_revision


def test_an_empty_database_is_migrated_once(new_instance):
    assert (stored_revision(), is_up_to_date()) == (None, False)
    migrate_database()
    assert (stored_revision(), is_up_to_date()) == (newest_revision(), True)
    migrate_database()
    assert stored_revision() == newest_revision()


def test_two_branches_that_add_a_migration_conflict_in_the_file_that_names_the_newest(app):
    migrations: Migrate = app.extensions["migrate"].migrate
    with app.app_context():
        script = ScriptDirectory.from_config(migrations.get_config(str(HOUSE / "migrations")))
    assert script.get_heads() == [newest_revision_of(app)]


def newest_revision_of(app):
    with app.app_context():
        return newest_revision()


def test_a_revision_is_called_like_its_file(app):
    folder = HOUSE / "migrations" / "versions"
    for file in folder.glob("*.py"):
        assert f'revision = "{file.stem}"' in file.read_text()
    assert (folder / f"{newest_revision_of(app)}.py").exists()


def test_the_database_of_the_tests_went_through_every_migration(database):
    assert db.session.execute(db.text("SELECT version_num FROM alembic_version")).scalar_one() == newest_revision()
