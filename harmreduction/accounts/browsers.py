"""Browsers by name, coarse enough to recognise one's own phone and to tell nothing more."""

from harmreduction.core.messages import Message, message

BROWSERS = (  # the first that a browser says of itself counts: most also claim to be the later ones
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
SEPARATOR = " / "


def recognise_browser(user_agent: str) -> str:
    """Return what we keep of a User-Agent header: "Firefox / Android", or "" if it says nothing we know."""
    found = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return SEPARATOR.join(found) if all(found) else ""


def describe_browser(kept: str) -> Message:
    """Return a kept browser as a person calls it: Firefox on Android."""
    browser, _, system = kept.partition(SEPARATOR)
    if not system:
        return message("A browser")
    return message("%(browser)s on %(system)s", browser=browser, system=system)


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    """Return the name of the first sign that the text holds."""
    return next((name for sign, name in names if sign in text), "")
