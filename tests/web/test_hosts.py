"""The names under which the app answers."""

import pytest

from harmreduction.config import Config
from harmreduction.factory import build_app
from tests.factories import KEYS


@pytest.fixture
def status_under(tmp_path):
    """Return a function that says how a new app answers under a host name."""

    def ask(name, **settings):
        config = Config(instance=tmp_path, keys=tmp_path / "keys", **settings)
        return build_app(config, KEYS, TESTING=True).test_client().get("/nowhere", headers={"Host": name}).status_code

    return ask


@pytest.mark.parametrize("name", ["127.0.0.1:8000", "localhost", "localhost:8001"])
def test_one_laptop_answers_to_its_own_names(status_under, name):
    assert status_under(name) == 404


@pytest.mark.parametrize("name", ["rebound.example", "localhost.example:8000", "10.0.0.7:8000"])
@pytest.mark.parametrize("listens_on", ["127.0.0.1", "::1", "localhost"])
def test_one_laptop_answers_to_no_name_that_another_website_points_at_it(status_under, name, listens_on):
    assert status_under(name, host=listens_on) == 400


def test_an_app_that_others_reach_answers_to_the_names_it_was_given_or_to_all(status_under):
    given = {"trusted_hosts": ("tracker.example.org",)}
    assert status_under("tracker.example.org", **given) == 404
    assert status_under("localhost", **given) == 400
    assert status_under("192.168.1.9:8000", host="0.0.0.0") == 404  # noqa: S104  # no socket is opened
