"""Ways from the finder to pages that another part of the product may or may not have."""

from typing import Any

from flask import current_app, url_for


def way_to(endpoint: str, **values: Any) -> str:
    """Return the address of a page, or nothing where there is none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
