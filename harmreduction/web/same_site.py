"""Addresses that a page was given to return to; only those of this site are followed."""

FIRST_PAGE = "/"


def same_site_path(text: str | None) -> str:
    """Return the path if it leads into this site, else the first page.

    Browsers read "//host", a backslash and hidden signs as ways to another site, so none of them pass.
    """
    path = text or ""
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and all(" " < sign != "\\" for sign in path) else FIRST_PAGE
