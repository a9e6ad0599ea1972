"""A small published directory, and another program that reads it."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from harmreduction.core.clock import now
from harmreduction.directory.actions import Origin, save_bundle
from harmreduction.directory.hsds.nesting import split
from tests.directory.builders import make_source, save, schedule, service_document
from tests.directory.hsds_files import example
from tests.factories import SYSTEM

HOSTILE = "</script><img src=x onerror=alert(1)>"


class Reader:
    """Another program that reads /hsds/."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200, **parameters: object) -> Any:
        """Return the JSON of an answer."""
        answer = self.client.get(f"/hsds{path}", query_string=parameters)
        assert answer.status_code == status, answer.text[:300]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.mimetype == "application/json"
        return json.loads(answer.text)

    def names(self, path: str, **parameters: object) -> list[str]:
        """Return the names of what a list holds."""
        return [record["name"] for record in self.get(path, **parameters)["contents"]]


@pytest.fixture
def reader(app: Flask, database: object) -> Reader:
    """A program that reads an empty directory."""
    return Reader(app.test_client(use_cookies=False))


@pytest.fixture
def published(reader: Reader) -> Reader:
    """A program that reads a directory with the official example and services of our own."""
    document = example("service_full")
    save_bundle(
        split(document, "service"),
        Origin(by=SYSTEM, at=now(), deed="imported", source_id=make_source().id),
    )
    always = [schedule("MO,TU,WE,TH,FR,SA,SU", "00:00:00", "23:59:00")]
    save(service_document("Always open", offers=("naloxone", "no_id"), schedules=always))
    save(service_document("Never open", schedules=[], offers=("syringes",), at=(40.7128, -74.0060)))
    save(service_document(f"Hostile {HOSTILE}", alert=HOSTILE))
    save(service_document("Hidden house"), confidential=True)
    return reader
