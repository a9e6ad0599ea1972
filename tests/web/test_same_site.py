"""Addresses that a page was given to return to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from harmreduction.web.same_site import same_site_path


@pytest.mark.parametrize("path", ["/", "/shift", "/stock/?page=2&x=%2F%2F", "/audit#entry"])
def test_a_path_of_this_site_is_followed(path: str) -> None:
    assert same_site_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "shift",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/x\\..\\",
        "/\n/elsewhere.example",
        "/\t/elsewhere.example",
        " //elsewhere.example",
        "javascript:alert(1)",
        "/a b",
    ],
)
def test_everything_else_leads_to_the_first_page(text: str | None) -> None:
    assert same_site_path(text) == "/"


@given(st.text(alphabet="/\\:.@?#% \t\nab", max_size=12))
def test_no_text_leads_to_another_host(text: str) -> None:
    path = iri_to_uri(same_site_path(text))
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
