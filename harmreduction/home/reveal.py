"""What this system can reveal, to whom: computed from how it runs now, so that the page about it stays true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harmreduction.accounts.rules import RoleDescription
from harmreduction.core.messages import Message, message
from harmreduction.core.permissions import Permission
from harmreduction.home.facts import FACTS, Lock


@dataclass(frozen=True, kw_only=True)
class Situation:
    """How the system runs: is_encrypted is the embedded file; are_keys_beside: on the same disk as the database.

    uses_recipe_codes: also where they are off by now, and digests of some are still there.
    """

    is_encrypted: bool
    is_on_server_database: bool
    are_keys_beside: bool
    uses_recipe_codes: bool
    lookups_per_hour: int
    keep_months: int


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Something that can happen: what it gives away in sentences and as facts, and what it does not."""

    key: str
    title: Message
    gives: Sequence[Message]
    keeps: Sequence[Message]
    facts: tuple[str, ...] = ()


EVERYTHING = tuple(FACTS)
READABLE = tuple(name for name, fact in FACTS.items() if fact.lock is not Lock.SEALED)

# What each permission lets somebody learn of people; whatever is not of people is left empty.
LEARNED: Mapping[Permission, tuple[str, ...]] = {
    Permission.LOG_DISTRIBUTIONS: ("visits", "notes", "waiting"),
    Permission.VOID_ANY_DISTRIBUTION: ("visits", "notes"),
    Permission.HANDLE_STOCK: (),
    Permission.MANAGE_CATALOGUE: (),
    Permission.CHECK_SERVICES: (),
    Permission.MANAGE_DIRECTORY: ("places", "notes"),
    Permission.MAKE_REFERRALS: ("referrals", "notes"),
    Permission.RECORD_CARE: ("visits", "talks", "overdoses", "notes"),
    Permission.LOOK_UP_PARTICIPANTS: ("joined", "told"),
    Permission.HOLD_CONVERSATIONS: ("conversations", "own_words"),
    Permission.USE_INSTRUMENTS: ("instruments",),
    Permission.LIST_PARTICIPANTS: ("joined",),
    Permission.REVIEW_REVERSALS: ("overdoses", "notes"),
    Permission.SHAPE_QUESTIONS: (),
    Permission.LOOK_AFTER_PHONES: (),
    Permission.REVIEW_FIELD_RECORDS: ("visits", "talks", "overdoses", "notes", "unsent"),
    Permission.VIEW_REPORTS: (),
    Permission.EXPORT_DATA: (),
    Permission.IMPORT_HISTORY: (),
    Permission.READ_AUDIT: (),
    Permission.MANAGE_ACCOUNTS: (),
    Permission.MANAGE_SITES: (),
    Permission.MANAGE_SETTINGS: (),
}

NOBODYS_NAME = message("Nobody's name, birth date, phone number, address or face: these stand nowhere.")
NO_LIST = message("Nobody can ask it whether a named person comes here: it cannot tell.")
CARD_IN_HAND = message(
    "Whoever holds a card and this running system with the right sign-in sees what happened with that card."
)

NOT_PROMISED: tuple[Message, ...] = (
    message("A program that runs on this server, or on a phone, with the rights of its owner can read along."),
    message("A screen can be photographed, or read over a shoulder."),
    message("Somebody of the team can keep a list on paper."),
    message("Somebody can watch who walks in, or when the network is used."),
    message("A time and a place can point to a person for somebody who was there."),
    message("There is no button that destroys evidence: erasing after a legal demand can harm the programme."),
)


def losses(now: Situation) -> list[Loss]:
    """Return what can happen, the likeliest first, and what each gives away as the system runs now."""
    return [
        _search_while_off(now),
        _search_while_running(),
        _court_order(now),
        _phone(),
        _copy_without_keys(now),
        _copy_with_keys(),
        _keys_alone(),
        _card(now),
        _guesser(now),
    ]


def facts_of(role: RoleDescription) -> tuple[str, ...]:
    """Return what somebody of a role can learn of people at their own sites (a lead: at all sites)."""
    learned = {name for permission in role.permissions for name in LEARNED[permission]}
    return tuple(name for name in FACTS if name in learned)


def columns_of(names: Iterable[str]) -> frozenset[str]:
    """Return the columns in which these facts stand."""
    return frozenset(column for name in names for column in FACTS[name].columns)


def _search_while_off(now: Situation) -> Loss:
    """A search of the office, with the machine switched off."""
    title = message("The office is searched, and the machine is off")
    if now.is_on_server_database:
        gives = message("The server database is not encrypted by us: without an encrypted disk it can be read.")
        return Loss(key="off", title=title, gives=[gives], keeps=[NOBODYS_NAME, NO_LIST], facts=EVERYTHING)
    if not now.is_encrypted:
        gives = message("On this machine the database is not encrypted: without an encrypted disk it can be read.")
        return Loss(key="off", title=title, gives=[gives], keeps=[NOBODYS_NAME, NO_LIST], facts=EVERYTHING)
    if now.are_keys_beside:
        gives = message(
            "The database is encrypted, but its keys lie on the same disk: whoever takes the disk has both. Encrypt the"
            " disk, or keep the keys on a stick that is pulled out."
        )
        return Loss(key="off", title=title, gives=[gives], keeps=[NOBODYS_NAME, NO_LIST], facts=EVERYTHING)
    return Loss(
        key="off",
        title=title,
        gives=[
            message("Its size and date. The keys lie on another disk; whoever takes both disks can read it."),
            message("A machine that is locked but still runs holds the keys in its memory: switch it off."),
        ],
        keeps=[message("Everything: without its key the file is noise."), NO_LIST],
    )


def _search_while_running() -> Loss:
    """The same with the machine running and open."""
    return Loss(
        key="running",
        title=message("The machine is taken while it runs and is open"),
        gives=[message("All that stands in the table below, notes included."), CARD_IN_HAND],
        keeps=[
            NOBODYS_NAME,
            message("Codes cannot be read back from what is stored, and a random card says nothing of its holder."),
            message("What was skipped, cut loose, forgotten or rolled up is not there any more."),
        ],
        facts=EVERYTHING,
    )


def _court_order(now: Situation) -> Loss:
    """A subpoena or a court order."""
    return Loss(
        key="order",
        title=message("A court or an agency demands what is stored"),
        gives=[
            message("The programme has to answer honestly, with a lawyer: at most all that stands in the table below."),
            message(
                "Codes and notes are kept for %(months)s months. What is older belongs to nobody.",
                months=now.keep_months,
            ),
        ],
        keeps=[NO_LIST, message("What was never asked or is erased by now cannot be handed over.")],
        facts=EVERYTHING,
    )


def _phone() -> Loss:
    """A phone that is signed in."""
    return Loss(
        key="phone",
        title=message("A phone is stolen while somebody is signed in on it"),
        gives=[
            message(
                "What its owner may see, for 12 hours at most, and for 30 minutes without use in roles that sit at a"
                " desk. The administrator ends it at once under Team, and what the phone may send under Phones."
            )
        ],
        keeps=[
            message(
                "What waits on it to be sent is sealed: neither its finder nor its owner can read it. It keeps one page"
                " without anybody's name, the supplies of its sites, and how many were handed out on it today."
            ),
            message("A participant is found by an exact code only, never by browsing; only clinicians and leads list."),
        ],
        facts=tuple(name for name in EVERYTHING if name not in {"codes", "doors", "places"}),
    )


def _copy_without_keys(now: Situation) -> Loss:
    """A stolen backup, and no keys."""
    title = message("A copy of the database is stolen, without the keys")
    if now.is_encrypted and not now.is_on_server_database:
        return Loss(
            key="copy",
            title=title,
            gives=[message("Its size and date.")],
            keeps=[message("Everything: without its key the file is noise."), NO_LIST],
        )
    return Loss(
        key="copy",
        title=title,
        gives=[message("All but notes and own words, as of the day of the copy: this database is not encrypted.")],
        keeps=[message("These stay locked, and digests of codes cannot be compared without the key."), NOBODYS_NAME],
        facts=READABLE,
    )


def _copy_with_keys() -> Loss:
    """A stolen backup with the keys."""
    return Loss(
        key="copy_and_keys",
        title=message("A copy of the database is stolen together with the keys"),
        gives=[
            message("The same as from a running machine, as of the day of the copy."),
            message("An old copy still holds what was erased since: give old copies an end."),
        ],
        keeps=[NOBODYS_NAME],
        facts=EVERYTHING,
    )


def _keys_alone() -> Loss:
    """The keys without a database."""
    return Loss(
        key="keys",
        title=message("The keys are stolen, and no copy of the database"),
        gives=[message("Nothing, until a copy joins them.")],
        keeps=[message("Everything.")],
    )


def _card(now: Situation) -> Loss:
    """Somebody finds a card, or takes it from a participant."""
    return Loss(
        key="card",
        title=message("Somebody finds a participant's card"),
        gives=[
            message("A code of nine signs drawn by lot, and what your programme chose to print beside it."),
            message("Nothing more without a sign-in of your team: the app answers no one else about a code."),
        ],
        keeps=[message("Whose card it is, and what happened with it."), NOBODYS_NAME],
    )


def _guesser(now: Situation) -> Loss:
    """Somebody tries codes made from what they know of a person."""
    title = message("Somebody who knows a person well tries to find out whether they come here")
    if not now.uses_recipe_codes:
        return Loss(
            key="guess",
            title=title,
            gives=[message("Nothing: codes made from facts about a person are off here. Cards are drawn by lot.")],
            keeps=[NO_LIST],
        )
    return Loss(
        key="guess",
        title=title,
        gives=[
            message("Codes made from facts about a person are on. Whoever knows the facts can make the code."),
            message(
                "With a sign-in of your team they can try %(tries)s codes an hour; more are stopped, and a lead is"
                " told. Whomever they find and open is in the audit trail.",
                tries=now.lookups_per_hour,
            ),
            message("With the database and the key of the codes they can try as many as they like."),
        ],
        keeps=[message("With a copy of the database and without that key, nothing can be tried.")],
        facts=("codes",),
    )
