"""The data package is packed once and follows every change."""

import io
import zipfile

from harmreduction.api import package
from harmreduction.core.clock import now
from harmreduction.directory.actions.duplicates import merge_services
from harmreduction.settings.actions import set_values
from tests.directory.builders import make_service, save, service_document
from tests.factories import SYSTEM


def packed(reader):
    """Return the services of the data package, and what it is called."""
    with zipfile.ZipFile(io.BytesIO(reader.client.get("/hsds/datapackage.zip").data)) as files:
        return files.read("services.csv").decode() + files.read("datapackage.json").decode()


def test_the_data_package_is_made_once_while_nothing_changes(reader, monkeypatch):
    make_service("Heron Clinic")
    first = packed(reader)
    monkeypatch.setattr(package, "write_zip", lambda *_args, **_options: None)
    assert packed(reader) == first and "Heron Clinic" in first


def test_the_data_package_follows_every_change(reader):
    document = service_document("Heron Clinic")
    save(document)
    assert "Heron Clinic" in packed(reader)
    save(document | {"name": "Heron House"})
    assert "Heron House" in packed(reader)
    other = make_service("Otter House")
    merge_services(document["id"], other.hsds_id, by=SYSTEM, at=now())
    assert "Otter House" not in packed(reader)
    set_values({"programme_name": "Plover Project"}, by=SYSTEM)
    assert "Plover Project" in packed(reader)
