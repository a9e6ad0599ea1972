"""What needs someone in stock, as things to do: a sentence each, and where to do it."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.stock.models import StockDiscrepancy
from harmreduction.stock.queries.dates import ExpiryWarning
from harmreduction.stock.queries.ordering import Need
from harmreduction.stock.queries.overview import Overview
from harmreduction.stock.rules import DISCREPANCY_KINDS, DiscrepancyKind
from harmreduction.stock.rules.ordering import STOCK_STATUSES
from harmreduction.web.i18n import ago, number, say, translated, units

Todo = dict[str, str]  # as components/lists.html takes them


def things_to_do(overview: Overview) -> list[Todo]:
    """Return what needs someone, most pressing first."""
    return [
        *(_recalled(recall.title, recall.reference, recall.public_id) for recall in overview.recalls),
        *(_does_not_fit(found, overview.units_left.get(found.id, 0)) for found in overview.discrepancies),
        *_more(overview.all_discrepancies - len(overview.discrepancies), "stock_discrepancies.index"),
        *(
            _out(place.location.name, _("left %(ago)s", ago=ago(place.shift.opened_at)))
            for place in overview.long_out
            if place.shift
        ),
        *_late(overview.late_shipments),
        *_asked(overview.waiting_requests),
        *map(_runs_low, overview.low),
        *map(_to_use_first, overview.warnings),
        *_more(overview.all_warnings - len(overview.warnings), "stock_lots.index"),
    ]


def _todo(icon: str, title: str, detail: str, url: str) -> Todo:
    """Return one thing to do."""
    return {"icon": icon, "title": title, "detail": detail, "url": url, "about": f"{title}, {detail}"}


def _recalled(title: str, reference: str, public_id: str) -> Todo:
    return _todo(
        "alert", _("Recalled: %(what)s", what=title), reference, url_for("stock_recalls.show", recall_id=public_id)
    )


def _does_not_fit(found: StockDiscrepancy, left: int) -> Todo:
    item = found.lot.item
    about = [found.location.name, f"{translated(item.name)} {found.lot.lot_number}".strip()]
    if left:
        about.append(_("%(units)s left to explain", units=units(item, abs(left))))
    return _todo(
        "alert",
        say(DISCREPANCY_KINDS[DiscrepancyKind(found.kind)]),
        " · ".join(about),
        url_for("stock_discrepancies.show", discrepancy_id=found.public_id),
    )


def _more(count: int, endpoint: str) -> list[Todo]:
    if count <= 0:
        return []
    title = ngettext("%(n)s more like these", "%(n)s more like these", count, n=number(count))
    return [_todo("more", title, "", url_for(endpoint))]


def _out(place: str, since: str) -> Todo:
    return _todo("van", _("%(place)s is still out", place=place), since, url_for("stock_shifts.index"))


def _late(count: int) -> list[Todo]:
    if not count:
        return []
    title = ngettext(
        "%(n)s shipment is long on its way", "%(n)s shipments are long on their way", count, n=number(count)
    )
    return [_todo("van", title, _("Accept what arrived"), url_for("stock_shipments.index"))]


def _asked(count: int) -> list[Todo]:
    if not count:
        return []
    title = ngettext("%(n)s request waits", "%(n)s requests wait", count, n=number(count))
    return [_todo("wait", title, _("Approve or decline"), url_for("stock_requests.index"))]


def _runs_low(need: Need) -> Todo:
    status = say(STOCK_STATUSES[need.status])
    left = _("%(units)s here", units=units(need.item, need.supply.usable))
    return _todo(
        "box",
        f"{translated(need.item.name)}: {status}",
        f"{need.place.name} · {left}",
        url_for("stock_orders.sheet", location_id=need.place.public_id),
    )


def _to_use_first(warning: ExpiryWarning) -> Todo:
    amount = units(warning.lot.item, warning.on_hand)
    left = warning.days_left
    if left < 0:
        title = _("%(amount)s past their date", amount=amount)
    else:
        title = ngettext(
            "%(amount)s to use within %(num)s day", "%(amount)s to use within %(num)s days", left, amount=amount
        )
    what = f"{translated(warning.lot.item.name)} {warning.lot.lot_number}".strip()
    return _todo(
        "clock", title, f"{warning.location.name} · {what}", url_for("stock_card.show", lot_id=warning.lot.public_id)
    )
