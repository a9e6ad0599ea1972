"""The directory for other programs: the eleven operations of HSDS 3.2.3 that read, at /hsds/.

Public, without a cookie, for every website (CORS); what is confidential never gets here.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from itertools import chain, count
from typing import Any

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from harmreduction.api import queries
from harmreduction.api.package import packed_directory
from harmreduction.api.queries import Listed
from harmreduction.api.rules import MOST_PER_PAGE, Asked, page_of, read_asked
from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotAllowed, NotFound
from harmreduction.core.messages import message
from harmreduction.directory.hsds.structure import VERSION, RootKind
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import public
from harmreduction.web.headers import Kept, kept
from harmreduction.web.i18n import say

bp = Blueprint("hsds", __name__, url_prefix="/hsds")

KINDS: dict[str, RootKind] = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
LISTS: dict[str, Callable[[Asked], Listed]] = {
    "services": lambda asked: queries.list_services(asked, at=clock.now()),
    "organizations": queries.list_organizations,
    "service_at_locations": lambda asked: queries.list_places(asked, at=clock.now()),
    "taxonomies": queries.list_taxonomies,
    "taxonomy_terms": queries.list_terms,
}
JSON = "application/json"
STATUS = {NotFound: 404, NotAllowed: 403}


@bp.before_request
def look_whether_it_is_public() -> None:
    """Refuse everything while the programme keeps its directory to itself."""
    if not current_settings().is_directory_public:
        raise NotAllowed(message("This programme does not publish its directory."))


@bp.after_request
def let_every_website_read(response: Response) -> Response:
    """Allow other websites to read, and answer "unchanged" where it is."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if not response.is_streamed and response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


@bp.errorhandler(DomainError)
def say_what_is_wrong(problem: DomainError) -> ResponseReturnValue:
    """Answer a problem as JSON with one sentence."""
    status = next((code for kind, code in STATUS.items() if isinstance(problem, kind)), 400)
    return _json({"error": say(problem.message)}, status)


@bp.errorhandler(HTTPException)
def say_what_flask_refused(problem: HTTPException) -> ResponseReturnValue:
    """Answer what Flask refused by itself as JSON."""
    return _json({"error": str(problem.description)}, problem.code or 500)


@bp.get("/")
@public
@kept(Kept.SHARED)
def about() -> ResponseReturnValue:
    """Say which standard this is, and whose directory."""
    name = current_settings().programme_name
    return _json(
        {
            "version": VERSION,
            "profile": url_for(".profile", _external=True),
            "openapi_url": url_for(".openapi", _external=True),
            "description": f"The service directory of {name}.",
            "data_guide": url_for(".guide", _external=True),
            "publisher": {"name": name, "website": url_for("home.start", _external=True)},
        }
    )


@bp.get("/<records>")
@public
@kept(Kept.SHARED)
def list_records(records: str) -> ResponseReturnValue:
    """Answer a page of records, or all of them one a line."""
    _check_there_is(records)
    asked = read_asked(request.args)
    if asked.file_format == "ndjson":
        pages = _pages(LISTS[records], request.args.to_dict())
        first = next(pages)  # before the answer begins, so that what is wrong can still be said
        return Response(stream_with_context(_lines(chain([first], pages))), mimetype="application/x-ndjson")
    listed = LISTS[records](asked)
    return _json(page_of(listed.contents, asked, listed.total))


@bp.get("/<records>/<hsds_id>")
@public
@kept(Kept.SHARED)
def get_record(records: str, hsds_id: str) -> ResponseReturnValue:
    """Answer one record with everything in it."""
    _check_there_is(records)
    asked = read_asked(request.args)
    return _json(queries.get_document(KINDS[records], hsds_id, full_service=asked.full_service))


@bp.get("/datapackage.zip")
@public
@kept(Kept.SHARED)
def datapackage() -> ResponseReturnValue:
    """Answer the whole directory as a tabular data package."""
    headers = {"Content-Disposition": 'attachment; filename="hsds-datapackage.zip"'}
    return Response(packed_directory(), mimetype="application/zip", headers=headers)


@bp.get("/openapi.json")
@public
@kept(Kept.SHARED)
def openapi() -> ResponseReturnValue:
    """Answer the official description with our own parameters, and with its schemas inside."""
    packed = resources.files("harmreduction.data").joinpath("hsds_openapi.json.gz").read_bytes()
    document = json.loads(gzip.decompress(packed))
    document["servers"] = [{"url": url_for(".about", _external=True).rstrip("/")}]
    return _json(document)


@bp.get("/profile")
@public
@kept(Kept.SHARED)
def profile() -> ResponseReturnValue:
    """Answer how this differs from the standard: nothing is changed, so the patch is empty."""
    return _json({"title": f"HSDS {VERSION} without changes", "patch": {}})


@bp.get("/guide")
@public
@kept(Kept.SHARED)
def guide() -> ResponseReturnValue:
    """Tell people who read the data what to know about it."""
    return Response(GUIDE.format(most=MOST_PER_PAGE), mimetype="text/plain")


GUIDE = """\
Lists hold 50 records a page; per_page can be 1 to {most}. format=ndjson gives every record that fits, one a line.
full=true nests everything, minimal=true gives id, name, status and last_modified.
services and service_at_locations also take latitude, longitude (nearest first, 1,000 at most), open_now=true
and offers=naloxone,no_id. proximity is in metres, from latitude and longitude or from a postcode of the United States.
Hours are wall-clock time at the place.
Confidential places leave without address and position; names of staff never leave.
Errors are {{"error": "a sentence"}} with status 400, 403 or 404.
"""


def _check_there_is(records: str) -> None:
    """Refuse a kind of records that has no list here."""
    if records not in KINDS:
        raise NotFound(message("There is nothing at this address."))


def _pages(read: Callable[[Asked], Listed], values: dict[str, str]) -> Iterator[Listed]:
    """Yield every record that fits, a few hundred at a time."""
    for page in count(1):
        listed = read(read_asked(values | {"page": str(page), "per_page": str(MOST_PER_PAGE)}))
        yield listed
        if page * MOST_PER_PAGE >= listed.total:
            return


def _lines(pages: Iterable[Listed]) -> Iterator[str]:
    """Yield records one a line."""
    return (_text(document) + "\n" for listed in pages for document in listed.contents)


def _json(value: Any, status: int = 200) -> Response:
    """Answer JSON."""
    return Response(_text(value), status=status, mimetype=JSON)


def _text(value: Any) -> str:
    """Return a value as JSON; the order of its keys stays as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
