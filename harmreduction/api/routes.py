"""The directory for other programs: the eleven operations of HSDS 3.2.3 that read, at /hsds/.

Public, without a cookie, for every website (CORS); what is confidential never gets here.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from importlib import resources
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from harmreduction.api import queries
from harmreduction.api.package import packed_directory
from harmreduction.api.queries.documents import MOST_PLACES, MOST_SERVICES
from harmreduction.api.queries.fitting import MOST_NEAREST
from harmreduction.api.rules import MOST_NESTED, MOST_PER_PAGE, page_of, read_asked
from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotAllowed, NotFound
from harmreduction.core.messages import message
from harmreduction.directory.hsds.structure import VERSION, Document, RootKind
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import public
from harmreduction.web.errors import show_what_was_refused
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
def say_what_flask_refused(problem: HTTPException) -> Response:
    """Answer what Flask refused by itself as JSON."""
    answer = _json({"error": str(problem.description)}, problem.code or 500)
    if allow := problem.get_response().headers.get("Allow"):
        answer.headers["Allow"] = allow
    return answer


@bp.app_url_value_preprocessor
def refuse_what_no_route_takes(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Say 404 or 405 before it is looked where a write comes from: here nobody can write."""
    problem = request.routing_exception
    if problem is not None and (problem.code or 0) >= 400 and _is_here():
        raise problem


@bp.app_errorhandler(404)
@bp.app_errorhandler(405)
def say_that_no_route_leads_there(problem: HTTPException) -> ResponseReturnValue:
    """Answer as JSON what no route of ours takes, though Flask knows of no blueprint then; elsewhere by a page."""
    return let_every_website_read(say_what_flask_refused(problem)) if _is_here() else show_what_was_refused(problem)


def _is_here() -> bool:
    """Say whether an address is one of ours, also where no route leads."""
    return f"{request.path}/".startswith(f"{bp.url_prefix}/")


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
    kind = _kind_of(records)
    asked = read_asked(request.args, kind)
    if asked.file_format == "ndjson":
        parts = queries.list_in_parts(kind, asked, at=clock.now())
        first = next(parts, [])  # before the answer begins, so that what is wrong can still be said
        return Response(stream_with_context(_lines(chain([first], parts))), mimetype="application/x-ndjson")
    listed = queries.list_records(kind, asked, at=clock.now())
    return _json(page_of(listed.contents, asked, listed.total))


@bp.get("/<records>/<hsds_id>")
@public
@kept(Kept.SHARED)
def get_record(records: str, hsds_id: str) -> ResponseReturnValue:
    """Answer one record with everything in it."""
    kind = _kind_of(records)
    asked = read_asked(request.args, kind)
    return _json(queries.get_document(kind, hsds_id, full_service=asked.full_service))


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
    numbers = {"most": MOST_PER_PAGE, "nearest": MOST_NEAREST, "services": MOST_SERVICES, "places": MOST_PLACES}
    return Response(GUIDE.format(**numbers, **MOST_NESTED), mimetype="text/plain")


GUIDE = """\
Lists hold 50 records a page; per_page can be 1 to {most}. format=ndjson gives every record that fits, one a line.
full=true nests everything, minimal=true gives id, name, status and last_modified.
Nested lists hold {service} services or services at locations a page at most, and {organization} organizations.
The services of an organization that has more than {services} come in it with id, name, status and last_modified only.
Inside a service, an organization that has more than {places} locations comes without them.
services and service_at_locations also take latitude, longitude (nearest first, {nearest} at most), open_now=true
and offers=naloxone,no_id. proximity is in metres, from latitude and longitude or from a postcode of the United States.
The nearest are not counted: total_items and total_pages say how many were looked at; go on until last_page is true.
Hours are wall-clock time at the place.
Confidential places leave without address and position; names of staff never leave.
Errors are {{"error": "a sentence"}} with status 400, 403, 404 or 405; nothing can be written here.
"""


def _kind_of(records: str) -> RootKind:
    """Return the kind of records that has a list at this address."""
    if records not in KINDS:
        raise NotFound(message("There is nothing at this address."))
    return KINDS[records]


def _lines(parts: Iterable[list[Document]]) -> Iterator[str]:
    """Yield records one a line."""
    return (_text(document) + "\n" for part in parts for document in part)


def _json(value: Any, status: int = 200) -> Response:
    """Answer JSON."""
    return Response(_text(value), status=status, mimetype=JSON)


def _text(value: Any) -> str:
    """Return a value as JSON; the order of its keys stays as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
