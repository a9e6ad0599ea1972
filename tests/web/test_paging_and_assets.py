"""Long lists come page by page, and static files carry their version."""

import re

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.web.paging import page_of


@given(rows=st.lists(st.integers(), max_size=120), per_page=st.integers(1, 30))
def test_every_row_stands_on_exactly_one_page(rows, per_page):
    seen, number = [], 1
    while True:
        start = (number - 1) * per_page
        page = page_of(rows[start : start + per_page + 1], number, per_page)
        seen += page.rows
        assert (page.previous, len(page.rows) <= per_page) == (number - 1 or None, True)
        if page.next is None:
            break
        number = page.next
    assert seen == rows


def test_a_static_file_is_asked_for_by_its_content(app, client):
    with app.test_request_context():
        asset = app.jinja_env.globals["asset"]
        address = asset("css/app.css")
    assert re.fullmatch(r"/static/css/app\.css\?v=[0-9a-f]{10}", address)
    assert client.get(address).status_code == 200


def test_an_icon_is_drawn_from_the_sprite_and_writes_nothing_else(app):
    with app.test_request_context():
        icon = app.jinja_env.globals["icon"]
        drawn = str(icon("undo", turn=True))
        assert re.search(r'<use href="/static/icons\.svg\?v=\w+#undo"/>', drawn)
        assert 'class="icon icon-turn" aria-hidden="true" focusable="false"' in drawn
        assert "<script>" not in icon('"><script>')
