"""One evening at a drop-in, played through the pages, with a tally that is kept beside them."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.pages import PageClient, text_of

CONTROL = re.compile(
    r"<input\b(?P<input>[^>]*)>|<select\b(?P<select>[^>]*)>(?P<options>.*?)</select>"
    r"|<textarea\b(?P<area>[^>]*)>(?P<text>.*?)</textarea>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
KIT = "naloxone-nasal-4"
TILES = {  # what each starting tile hands out, as its page says
    "Nasal naloxone": {KIT: 1},
    "Syringes": {"syringe-1ml-28g-half": 10},
    "Smoking kit": {"kit-smoking": 1},
    "Test strips": {"strip-fentanyl": 5},
    "Wound care": {"wound-kit": 1},
}
FATES = ("first_kit", "used_on_someone", "used_on_me", "lost", "still_have", "rather_not_say", "")


class Desk(PageClient):
    """A browser of a worker; what it opens is looked at elsewhere, so that an evening is quick."""

    looks_at_pages = False


@dataclass
class HandOut:
    """What one save handed out, by the id that its address has."""

    public_id: str
    units: Counter[str]


@dataclass
class Visit:
    """What somebody who was there would remember of a visit."""

    is_coded: bool = False
    hand_outs: list[HandOut] = field(default_factory=list)
    returned: int | None = None
    others: int | None = None
    has_care: bool = False
    was_no_visit: bool = False

    @property
    def given(self) -> Counter[str]:
        """Return the units by item that stand."""
        return sum((one.units for one in self.hand_outs), Counter())

    @property
    def counts(self) -> bool:
        """Say whether it was a visit: something was handed out, came back, or was done."""
        happened = bool(self.hand_outs) or self.returned is not None or self.has_care
        return happened and not self.was_no_visit


@dataclass
class Tally:
    """The whole evening, counted by hand."""

    visits: list[Visit] = field(default_factory=list)
    arrived: int = 0
    seen: int = 0
    left: int = 0
    reversals: int = 0
    shown_again: int = 0

    @property
    def counted(self) -> list[Visit]:
        """Return what was a visit."""
        return [visit for visit in self.visits if visit.counts]

    @property
    def given(self) -> Counter[str]:
        """Return the units by item that left the shelf and stayed away."""
        return sum((visit.given for visit in self.visits), Counter())

    @property
    def returned(self) -> int:
        """Return the syringes that came back."""
        return sum(visit.returned or 0 for visit in self.counted)

    @property
    def people(self) -> int:
        """Return the people reached: who came, and the others they told of."""
        return sum(1 + (visit.others or 0) for visit in self.counted)


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """Return what a browser sends for the form with this action, as the page filled it in; buttons are not pressed."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, f"no form for {action}\n{text_of(page)}"
    sent: dict[str, list[str]] = {}
    for name, value in _controls(found[1]):
        sent.setdefault(name, []).append(html.unescape(value))
    return sent


def _controls(body: str) -> Iterator[tuple[str, str]]:
    """Return (name, value) of everything that is filled in, ticked or chosen."""
    for found in CONTROL.finditer(body):
        of = dict(ATTRIBUTE.findall(found["input"] or found["select"] or found["area"]))
        if found["input"]:
            if of.get("type") not in {"checkbox", "radio"} or "checked" in of:
                yield of["name"], of.get("value", "")
        elif found["area"]:
            yield of["name"], found["text"].strip()
        else:
            options = re.findall(r"<option\b([^>]*)>", found["options"]) or [""]
            chosen = next((one for one in options if re.search(r"\bselected\b", one)), options[0])
            yield of["name"], dict(ATTRIBUTE.findall(chosen)).get("value", "")


@dataclass
class Evening:
    """Workers at their desks, and everything that they do, by pages alone; what was done goes into the tally.

    tiles: public ids by name. items: codes by public id. clock: what moves time on.
    """

    random: Random
    clock: Any
    site: str
    desks: list[Desk]
    tiles: dict[str, str]
    items: dict[str, str]
    tally: Tally = field(default_factory=Tally)
    waiting: list["Ticket"] = field(default_factory=list)

    def chance(self, of_a_hundred: int) -> bool:
        """Say whether something happens that happens so often."""
        return self.random.randrange(100) < of_a_hundred

    def desk(self) -> Desk:
        """Return whoever has a moment."""
        return self.random.choice(self.desks)

    def send(self, desk: Desk, action: str, fields: dict[str, Any]) -> str:
        """Send a form, sometimes twice as a thumb does, and return where it led."""
        first = desk.send(action, **fields)
        if self.chance(15):
            desk.send(action, **fields)
        return first.location

    # The queue

    def arrive(self, code: str = "") -> None:
        """Draw a ticket; who shows a card that waits already keeps the ticket they have."""
        desk = self.desk() if not code else self.random.choice(self.desks[:2])
        action = "/queue/code" if code else "/queue/add"
        fields = form_of(desk.page("/queue/"), action)
        fields |= {"code_card": code} if code else {"wish": self.random.choice(("", "", "talk", "testing", "unwell"))}
        entry = self.send(desk, action, fields).rpartition("added=")[2]
        if any(one.public_id == entry for one in self.waiting):
            assert code
            self.tally.shown_again += 1
            return
        self.tally.arrived += 1
        self.waiting.append(Ticket(public_id=entry, is_coded=bool(code), goes_first=fields.get("wish") == "unwell"))

    def next_ticket(self) -> "Ticket":
        """Return who is next: in the order in which they came, those who feel unwell before the others."""
        first = min(self.waiting, key=lambda one: (not one.goes_first, self.waiting.index(one)))
        self.waiting.remove(first)
        return first

    def serve_next(self) -> None:
        """Call whoever is next, after a while; some have left by then."""
        desk = self.desk()
        if self.chance(25):
            assert form_actions(desk.page("/queue/"))[: len(self.waiting)] == self.order()
        ticket = self.next_ticket()
        if self.chance(12):
            desk.send(ticket.address, to="left")
            self.tally.left += 1
            return
        address = desk.send(ticket.address, to="with_staff").location
        other = self.random.choice([one for one in self.desks if one is not desk])
        assert other.send(ticket.address, to="with_staff").location.startswith("/queue/")  # this one was slower
        visit = Visit(is_coded=ticket.is_coded)
        self.tally.visits.append(visit)
        self.serve(desk, visit, address)
        self.send(desk, ticket.address, {"to": "seen"})
        self.tally.seen += 1

    def order(self) -> list[str]:
        """Return the addresses of those who wait, in their order."""
        return [one.address for one in sorted(self.waiting, key=lambda one: not one.goes_first)]

    # What is done on a visit

    def serve(self, desk: Desk, visit: Visit, address: str) -> None:
        """Do a few things on a visit that is open."""
        assert "This visit" in text_of(desk.page(address))
        visit_id = address.rpartition("/")[2]
        cares = desk is not self.desks[2]
        deeds = [self.tap, self.choose_items, self.tell_details, *((self.refill, self.do_care) if cares else ())]
        for deed in self.random.sample(deeds, k=self.random.choice((0, 1, 1, 1, 2, 2, 3))):
            self.clock.shift(20)
            deed(desk, visit, visit_id)

    def walk_in(self) -> None:
        """Hand out to somebody who never sat down."""
        visit = Visit()
        self.tally.visits.append(visit)
        self.tap(self.desk(), visit, "")

    def tap(self, desk: Desk, visit: Visit, visit_id: str) -> None:
        """Tap one tile or a few, and sometimes take the last one back."""
        where = f"/hand-out?visit={visit_id}" if visit_id else "/hand-out"
        for _ in range(self.random.choice((1, 1, 2, 3))):
            name = self.random.choice([*TILES])
            fields = form_of(desk.page(where), "/hand-out") | {"give": self.tiles[name]}
            where = self.send(desk, "/hand-out", fields)
            self.note(visit, where, TILES[name])
            self.clock.shift(9)
        if self.chance(15):
            undo = re.search(r'action="(/hand-out/[^"]+/undo)"', desk.page(where))
            assert undo is not None
            self.send(desk, undo[1], {})
            visit.hand_outs.pop()

    def choose_items(self, desk: Desk, visit: Visit, visit_id: str) -> None:
        """Hand out from the full list, with what came back."""
        fields = form_of(desk.page(f"/hand-out/items?visit={visit_id}"), "/hand-out/items")
        lines = {name: values[0] for name, values in fields.items() if name.endswith("-item")}
        units: Counter[str] = Counter()
        for name in self.random.sample(sorted(lines), k=3):
            units[self.items[lines[name]]] = quantity = self.random.randrange(1, 30)
            fields[name.replace("-item", "-quantity")] = [str(quantity)]
        if self.chance(50):
            visit.returned = self.random.randrange(0, 80)
            fields |= {"returned_amount": [str(visit.returned)], "returned_measure": ["counted"]}
        self.note(visit, self.send(desk, "/hand-out/items", fields), units)

    def tell_details(self, desk: Desk, visit: Visit, visit_id: str) -> None:
        """Say for how many others it is, and what came back."""
        action = f"/visits/{visit_id}/details"
        fields = form_of(desk.page(action), action)
        visit.others, visit.returned = self.random.choice((0, 1, 2, 5)), self.random.randrange(0, 120)
        told = {"number_of_others": visit.others, "returned_amount": visit.returned, "returned_measure": "counted"}
        self.send(desk, action, fields | told)

    def refill(self, desk: Desk, visit: Visit, visit_id: str) -> None:
        """Ask what happened to the kit before, and hand out the next; a kit that was used opens a report."""
        fields = form_of(desk.page(f"/naloxone/?visit={visit_id}"), "/naloxone/")
        fate, kits = self.random.choice(FATES), self.random.randrange(0, 4)
        fields |= {"fate": fate, "reply": "taken" if kits else "declined", "kits": str(kits or "")}
        code = self.items[fields["item"][0]]
        where = self.send(desk, "/naloxone/", fields)
        visit.has_care = True
        if kits:
            visit.hand_outs.append(HandOut("", Counter({code: kits})))
        if where.startswith("/reversals/"):
            self.tally.reversals += self.report(desk, where)

    def report(self, desk: Desk, address: str) -> int:
        """Write a report down as far as it is told, or skip it; return how many there are now."""
        page = desk.page(address)
        if self.chance(30):
            return 0
        fields = form_of(page, address)
        self.send(desk, address, fields | {"when": "this_week", "outcome": "ok_now"})
        return 1

    def do_care(self, desk: Desk, visit: Visit, visit_id: str) -> None:
        """Say what else was done."""
        fields = form_of(desk.page(f"/care/?visit={visit_id}"), "/care/")
        fields["done"] = self.random.sample(fields["shown"], k=2)
        self.send(desk, "/care/", fields)
        visit.has_care = True

    def note(self, visit: Visit, where: str, units: dict[str, int]) -> None:
        """Remember what was just saved."""
        visit.hand_outs.append(HandOut(where.rpartition("saved=")[2], Counter(units)))


@dataclass(frozen=True)
class Ticket:
    """Somebody who waits."""

    public_id: str
    is_coded: bool
    goes_first: bool

    @property
    def address(self) -> str:
        """Return where their ticket is moved."""
        return f"/queue/{self.public_id}"


def form_actions(page: str) -> list[str]:
    """Return where the tickets of a queue page are moved, in the order of the page."""
    return re.findall(r'action="(/queue/[0-9a-f-]{36})"', page)
