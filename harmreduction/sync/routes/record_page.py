"""What the page of one record shows: what it tells in words, and the form that begins with that."""

from collections.abc import Sequence
from dataclasses import dataclass

from harmreduction.core.messages import Message
from harmreduction.settings.queries import current_settings
from harmreduction.sync.actions.opening import Opened
from harmreduction.sync.actions.reviewing import opened
from harmreduction.sync.content_words import facts_of, plain_facts, saved_facts
from harmreduction.sync.forms import ChangesForm
from harmreduction.sync.models import FieldRecordVariant
from harmreduction.sync.queries.contents import (
    find_account_id,
    find_author,
    find_saved_lines,
    list_offered,
    names_in,
    names_of,
)
from harmreduction.sync.queries.review import ForReview, get_for_review
from harmreduction.sync.rules.changes import Changes
from harmreduction.sync.rules.deeds import Line, LoadedOut, Named
from harmreduction.sync.rules.envelopes import is_id
from harmreduction.sync.rules.records import Written, plain_fields
from harmreduction.sync.rules.review import WHAT_TO_DO, may_be_saved_changed
from harmreduction.sync.rules.statuses import Status
from harmreduction.sync.words import moment_words

Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Other:
    """Other content under the same id, in words."""

    variant: FieldRecordVariant
    facts: Facts
    why_not: Message | None


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    """A record as a lead looks at it: what it tells, when, by whom; what to do; what else came under its id."""

    found: ForReview
    opened: Opened
    facts: Facts
    told_at: str
    author: str | None
    what_to_do: Message | None
    may_be_changed: bool
    others: Sequence[Other]


def page_of_record(public_id: str) -> ReviewPage:
    """Return what the page of a record shows."""
    found = get_for_review(public_id)
    content = opened(found.record.envelope_sealed)
    read = content.written or content.glimpse
    author_id, told_at = (read.author_id, read.at) if read else (None, None)
    return ReviewPage(
        found=found,
        opened=content,
        facts=_facts(content) if read else _saved(found),
        told_at=moment_words(told_at) if told_at else "",
        author=find_author(author_id) if author_id else found.author,
        what_to_do=WHAT_TO_DO[found.reason] if found.reason else None,
        may_be_changed=found.waits and may_be_saved_changed(content.written, found.reason),
        others=[_other(variant) for variant in found.others],
    )


def changes_form(page: ReviewPage) -> ChangesForm | None:
    """Return the form that begins with what a record says, where a lead may change that."""
    written = page.opened.written
    if written is None or not page.may_be_changed:
        return None
    form = ChangesForm(formdata=None)
    form.begin_with(
        place_id=_place_in(written),
        author_id=written.author_id if page.author else "",
        happened_at=page.found.record.happened_at or page.found.record.received_at,
        lines=lines_of(written),
        names=names_in(written.deed),
        zone=current_settings().time_zone,
    )
    form.offer(list_offered())
    return form


def changes_of(page: ReviewPage, form: ChangesForm) -> Changes:
    """Return what the lead says otherwise than the record does; what was left as it was is no change."""
    written = page.opened.written
    if written is None:
        return Changes()
    lines = list(zip(lines_of(written), form.lines, strict=False))
    fresh = changes_form(page)
    is_moved = fresh is None or (fresh.day.data, fresh.time.data) != (form.day.data, form.time.data)
    return Changes(
        place_id=form.place.data or None,
        author_id=find_account_id(form.author.data or ""),
        at=form.moment(current_settings().time_zone) if is_moved else None,
        items={
            line.item_id: entry.form.item.data
            for line, entry in lines
            if entry.form.item.data and entry.form.item.data != line.item_id
        },
        units={number: entry.form.units.data for number, (_line, entry) in enumerate(lines) if entry.form.units.data},
        forget_lots=bool(form.forget_lots.data),
    )


def lines_of(written: Written) -> Sequence[Line]:
    """Return the lines of a record as they are numbered."""
    if isinstance(written.deed, LoadedOut):
        return [Line(item_id=item, units=units) for item, units in written.deed.items.items()]
    return getattr(written.deed, "lines", ())


def _facts(content: Opened) -> Facts:
    """Return what a record tells, in words, or as it stands where it is not understood."""
    if content.written is not None:
        return facts_of(content.written.deed, names_in(content.written.deed))
    rows = list(plain_fields(content.glimpse.told)) if content.glimpse else []
    ids = frozenset(text for _name, text in rows if is_id(text))
    return plain_facts(rows, names_of(Named(places=ids, items=ids, lots=ids)))


def _saved(found: ForReview) -> Facts:
    """Return what a record that is saved led to, as far as that can be told by its id."""
    lines = find_saved_lines(found.record.public_id) if found.record.status == Status.APPLIED else []
    return saved_facts(lines)


def _other(variant: FieldRecordVariant) -> Other:
    """Return other content in words, and why it could not be saved if that is so."""
    content = opened(variant.envelope_sealed)
    return Other(variant=variant, facts=_facts(content), why_not=content.trouble.sentence if content.trouble else None)


def _place_in(written: Written) -> str:
    """Return the place that a record names."""
    return getattr(written.deed, "place_id", "")
