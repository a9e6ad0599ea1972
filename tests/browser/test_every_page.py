"""Every page that a person can open: accessible, inside its window, and nothing leaves the host."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from harmreduction.accounts.models import Account
from harmreduction.accounts.queries import signed_in_as
from harmreduction.accounts.rules import Role
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.core.permissions import Permission
from harmreduction.directory.models import Service
from harmreduction.encounters.models import Distribution
from harmreduction.reports.actions import stage_history
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, StockLocation
from harmreduction.web.access import PUBLIC, SIGNED_IN, audience_of
from tests.assessments.kept_results import instrument_things
from tests.assessments.things import talk_things
from tests.browser.conftest import DESKTOP, PHONE
from tests.directory.things import directory_things
from tests.encounters.desk import queue_things
from tests.encounters.gatherings import gathering_things
from tests.encounters.things import care_things
from tests.factories import days_from_now
from tests.journeys.stories import journey_things
from tests.participants.asked import asked_things
from tests.participants.stories import make_participant
from tests.referrals.stories import make_referral, share
from tests.reports.told import told_things
from tests.reversals.stories import open_public_page, reversal_things
from tests.stock.counted import counted_things
from tests.stock.kits import kit_things
from tests.stock.recalls import recall_things
from tests.stock.requested import request_things
from tests.stock.sent import sent_things
from tests.stock.things import discrepancy_things, stock_things
from tests.stories import LONG
from tests.sync.things import phone_things

# A lead opens nearly every page of the team, so both schemes and languages are walked as a lead and as anybody.
WALKS = [(None, "light", "en"), (None, "dark", "es"), ("jo", "light", "en"), ("sam", "dark", "es")]
WALKS += [("noor", "light", "en"), ("noor", "dark", "es"), ("ines", "light", "en")]
CLINICIANS_ONLY = {Permission.HOLD_CONVERSATIONS, Permission.USE_INSTRUMENTS}  # what is hers is walked as her
AXE = Axe().axe_script
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AXE_RULES |= {"resultTypes": ["violations"]}  # to describe all that passed as well takes three times as long
AXE_RULES |= {"preload": False}  # none of these rules asks what style sheets hold, and axe would fetch them again
# What another scheme, language and size can change, for pages that were walked with all rules.
CHANGED = ["color-contrast", "link-in-text-block", "target-size", "html-has-lang", "html-lang-valid", "valid-lang"]
CHANGED += ["document-title", "label", "button-name", "link-name", "aria-valid-attr-value"]
CHANGED_RULES = AXE_RULES | {"runOnly": {"type": "rule", "values": CHANGED}}
# Only what it finds wrong leaves the page: to hand over all else that it says takes as long as many of the rules.
# What stands around a page and looked the same around another one before is left out.
FIND = """async ([how, seen]) => {
    const around = [...document.querySelectorAll('body > header, body > .dock, body > footer')]
    const looks = around.map(one => one.outerHTML.replace(/ (href|value)="[^"]*"/g, '')).join('')
    const what = around.length && seen.includes(looks) ? {exclude: around} : document
    const said = await axe.run(what, how)
    return [looks, said.violations.map(({id, nodes: [node]}) => [id, node.html])]
}"""
TAPPED = "main button:not([aria-hidden]), main a.btn, .tabs a, main select"
NOT_PAGES = {"static", "home.healthz", "home.start", "language.choose"}
NOT_PAGES |= {"vendor", "map.script", "map.services", "map.service", "map.ground"}
NOT_PAGES |= {"hsds.about", "hsds.list_records", "hsds.get_record", "hsds.datapackage", "hsds.openapi"}
NOT_PAGES |= {"hsds.profile", "hsds.guide"}  # for programs
NOT_PAGES |= {"finder.near_again", "finder.places", "offline.worker"}
NOT_PAGES |= {"field_app.module", "field_app.worker", "field_app.manifest"}


PAST_TOTALS = b"site,month,given\nUnion St,2019-01,100\nUnion St,2019-13,5\n"


def known_things(house, name):
    """Return one thing of each kind that a page can be about, by the name it has in addresses."""
    noor = signed_in_as(account_id("noor"))
    mine = db.select(Distribution).join(Account, Account.id == Distribution.recorded_by_id)
    distribution = db.session.scalars(mine.where(Account.sign_in_name == (name or "maya"))).first()
    distribution = distribution or db.session.scalars(mine).first()
    drawers = db.session.scalars(db.select(StockLocation).where(StockLocation.name == "Night van drawers")).one()
    open_public_page()
    return {
        **shared_referral(distribution.encounter.site_id),
        **reversal_things(db.session.get_one(Site, distribution.encounter.site_id)),
        **queue_things(db.session.get_one(Site, distribution.encounter.site_id)),
        **instrument_things(db.session.get_one(Site, distribution.encounter.site_id)),
        **talk_things(site_of("ines"), by=signed_in_as(account_id("ines"))),
        **gathering_things(db.session.get_one(Site, distribution.encounter.site_id)),
        **directory_things(),
        **stock_things(),
        **asked_things(),
        **care_things(),
        **journey_things(),
        **told_things(),
        **discrepancy_things(drawers),
        **kit_things(drawers),
        **counted_things(drawers),
        **recall_things(drawers),
        **sent_things(drawers),
        **request_things(drawers),
        **phone_things(drawers, db.session.get_one(Account, account_id("maya"))),
        "location_id": db.session.scalars(
            db.select(StockLocation.public_id).where(StockLocation.name == "Night van drawers")
        ).one(),
        "item_id": db.session.scalars(db.select(Item.public_id)).first(),
        "service_id": db.session.scalars(db.select(Service.hsds_id)).first(),
        "site_id": db.session.scalars(db.select(Site.public_id)).first(),
        "account_id": db.session.scalars(db.select(Account.public_id).where(Account.sign_in_name == "jo")).one(),
        "distribution_id": distribution.public_id,
        "visit_id": distribution.encounter.public_id,
        "participant_id": make_participant(db.session.get_one(Site, distribution.encounter.site_id)).public_id,
        "staged_id": stage_history(PAST_TOTALS, by=noor, at=now()),
        "token": house.sign_in_link("jo").rpartition("/")[2],
    }


def shared_referral(site_id):
    """Return a referral at a site, and the link by which a partner sees it, by the names they have in addresses."""
    referral = make_referral(db.session.get_one(Site, site_id), db.session.scalars(db.select(Service)).first())
    agreement, token = share(referral, until=days_from_now(7))
    return {"referral_id": referral.public_id, "consent_id": agreement.client_id, "partner_token": token}


def site_of(name):
    """Return the site at which somebody of the team works."""
    [site_id] = signed_in_as(account_id(name)).own_site_ids
    return db.session.get_one(Site, site_id)


def account_id(name):
    """Return the account that signs in with a name."""
    return db.session.scalars(db.select(Account.id).where(Account.sign_in_name == name)).one()


def is_opened_by(me, audience):
    """Say whether somebody opens a page on this walk: nobody in particular the public ones, others what they may."""
    if me is None or audience == PUBLIC:
        return me is None and audience == PUBLIC
    if me.role is Role.CLINICIAN:
        return audience in CLINICIANS_ONLY
    return audience == SIGNED_IN or me.may(audience)


def addresses(house, name):
    """Return the address of every page that this person may open, and of one that is not there."""
    with house.app.app_context(), house.app.test_request_context():
        known = known_things(house, name)
        me = name and signed_in_as(account_id(name))
        found = {"/there-is-no-such-page"}
        for rule in house.app.url_map.iter_rules():
            audience = audience_of(house.app.view_functions[rule.endpoint])
            if "GET" not in rule.methods or rule.endpoint in NOT_PAGES or not is_opened_by(me, audience):
                continue
            if not rule.rule.endswith((".csv", ".xlsx")):
                about = {argument: known[argument] for argument in rule.arguments}
                found.add(house.app.url_for(rule.endpoint, **about))
        return sorted(found)


def show_whole(page, viewport):
    """Make the window as high as its page, so that no button lies half under the bar at its lower edge."""
    page.set_viewport_size(viewport)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": viewport["width"], "height": max(height, viewport["height"])})


def barriers(page, rules=AXE_RULES, seen=None):
    """Return what axe finds that keeps somebody out; seen: what stood around the pages before (it grows)."""
    around, found = page.evaluate(FIND, [rules, seen or []])
    if seen is not None and around not in seen:
        seen.append(around)
    return [f"{problem}: {html[:120]}" for problem, html in found]


def too_wide(page, how=""):
    """Return by how much a page is wider than its window."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{width} px wider than its window {how}"] if width > 0 else []


def too_small(page):
    """Return what can be tapped and is less than 48 pixels high."""
    return page.evaluate(
        """what => [...document.querySelectorAll(what)]
            .filter(box => box.checkVisibility({visibilityProperty: true}))
            .map(box => [box.getBoundingClientRect().height, box.innerText.slice(0, 30)])
            .filter(([height, _text]) => height > 0 && height < 48)
            .map(([height, text]) => `${text} is ${height} px high`)""",
        TAPPED,
    )


def too_wide_with_large_text(page):
    """Return by how much a page is too wide on a narrow phone with large text, read from right to left."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'; document.documentElement.dir = 'rtl'")
    return too_wide(page, "with large text")


@pytest.mark.parametrize(("name", "scheme", "language"), WALKS)
def test_every_page_is_accessible_fits_its_window_and_stays_on_the_host(house, open_as, name, scheme, language):
    viewport = PHONE if scheme == "light" else DESKTOP
    window = open_as(name, viewport=viewport, language=language, color_scheme=scheme)
    window.page.add_init_script(AXE)
    problems, seen = [], []
    opened = 0
    again = scheme == "dark" and (name, "light", "en") in WALKS and not LONG
    rules = CHANGED_RULES if again else AXE_RULES
    step = 2 if again and name else 1  # a lead has so many pages that every other one again is enough
    for address in addresses(house, name)[::step]:
        answer = window.page.goto(address)
        if answer.status >= 400:
            window.trouble.clear()  # the browser itself calls such an answer an error
        if answer.status == 403:
            continue  # the page for another role; it is checked where it may be opened
        opened += 1
        show_whole(window.page, viewport)
        found = barriers(window.page, rules, seen) + too_wide(window.page)
        if viewport == PHONE:
            found += too_small(window.page)
            found += too_wide_with_large_text(window.page)
        problems += [f"{address}: {problem}" for problem in found]
    assert opened > 1
    assert problems == []
    assert window.trouble == []
