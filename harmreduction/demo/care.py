"""What happens with those of the demonstration who chose a code: visits, talks about naloxone, services, needs."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.demo.deeds import Deeds, Stores
from harmreduction.demo.people import PEOPLE, PRACTISED, Came, Person, Referred, Reversal
from harmreduction.directory.models import Service
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.actions.care import record_care
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.actions.needs import tell_need
from harmreduction.encounters.actions.visits import join_visit
from harmreduction.encounters.models import Distribution as DistributionRow
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries.care import list_activities
from harmreduction.encounters.rules import Audience, Distribution, Returned, ReturnMeasure, VisitDetails
from harmreduction.encounters.rules.care import ActivityOutcome, CareGiven
from harmreduction.encounters.rules.naloxone import Reply, Source, Talk, usual_type
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.journeys.actions import note_barriers, tell_connections
from harmreduction.journeys.queries import list_steps
from harmreduction.journeys.rules.connections import Connections
from harmreduction.journeys.rules.steps import BarriersNoted
from harmreduction.participants.actions import profile
from harmreduction.participants.actions.cards import give_card
from harmreduction.participants.actions.codes import begin_with_code, insert_code
from harmreduction.participants.digests import current_recipe, keyed_code
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import find_participant
from harmreduction.participants.rules.cards import DEMONSTRATION_CARD, typed_card
from harmreduction.participants.rules.codes import Beginning, CodeKind, NewCard, TypedCode
from harmreduction.participants.rules.profile import ProfileTold
from harmreduction.participants.rules.recipes import typed_recipe
from harmreduction.referrals import actions as referrals
from harmreduction.referrals.rules.following import NewReferral, Step
from harmreduction.reversals.actions import report_reversal
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened, NewReport
from harmreduction.settings.queries import current_settings
from harmreduction.stock.models import Lot, StockLocation, StockMovement
from harmreduction.stock.rules import Wanted

ANSWERS = {"first2": "xo", "parent2": "zu", "month": "4", "year2": "88"}
ASKED = (
    ("language", "Our own team, to print the right leaflets", 24),
    ("housing", "Example: the yearly report to the state", 6),
)
NASAL = "naloxone-nasal-4"


def add_people(stores: Stores, chance: random.Random, *, at: datetime) -> None:
    """Let those who chose a code come and go before a moment."""
    for name, asked_for, months in ASKED:
        profile.turn_on(name, asked_for=asked_for, keep_months=months, by=stores.team["noor"], at=at)
    for number, person in enumerate(PEOPLE):
        _Comings(person, number, stores, chance, at).tell()


class _Comings(Deeds):
    """What happened with one person, in the order in which it happened."""

    def __init__(self, person: Person, number: int, stores: Stores, chance: random.Random, at: datetime) -> None:
        super().__init__(stores, chance, at)
        self.person, self.number = person, number
        self.place: StockLocation = stores.van if person.comes_to_van else stores.drop_in
        self.site_id = self.place.site_id or 0
        self.by: Actor = self.maya if person.comes_to_van else self.ines

    def tell(self) -> None:
        """Tell everything."""
        participant = self.begin(self.moment(self.person.visits[0].days_ago) - timedelta(minutes=5))
        for came in self.person.visits:
            self.come(came, participant)
        if self.person.referral:
            self.refer(self.person.referral, participant)
        if self.person.took_recalled_kit:
            self.join_recalled(participant)
        self.say(participant)

    def join_recalled(self, participant: Participant) -> None:
        """Join the last visit on which a kit of a lot went out that was recalled since: their page asks about it."""
        with_kit = (
            select(Encounter.public_id)
            .join(DistributionRow, DistributionRow.encounter_id == Encounter.id)
            .join(StockMovement, StockMovement.transaction_id == DistributionRow.stock_transaction_id)
            .join(Lot, Lot.id == StockMovement.lot_id)
            .where(Lot.kit_recipe_id.is_not(None))
            .order_by(Encounter.occurred_at.desc())
        )
        join_visit(db.session.scalars(with_kit).first() or "", participant, by=self.by)

    def begin(self, at: datetime) -> Participant:
        """Give them a card, or let them begin with answers; the first has the card that anybody may try."""
        if self.person.has_recipe:
            began = self.begin_with(typed_recipe(current_recipe(current_settings()), ANSWERS), at)
        elif self.number == 0:
            typed = typed_card(DEMONSTRATION_CARD)
            insert_code(CodeKind.CARD, keyed_code(typed, current_settings()).digest, None, at=at, version=None)
            began = self.begin_with(typed, at)
        else:
            card = NewCard(client_id=self.id(), site_id=self.site_id)
            began = give_card(card, by=self.by, at=at)[0].participant_id
        return self.participant(began)

    def begin_with(self, typed: TypedCode, at: datetime) -> str:
        """Begin with a code that is told, and return whose it is."""
        code = keyed_code(typed, current_settings())
        beginning = Beginning(client_id=self.id(), site_id=self.site_id, code=code)
        return begin_with_code(beginning, by=self.by, at=at).participant_id

    def come(self, came: Came, participant: Participant) -> None:
        """Let them come once, with everything that was done and told then."""
        visit = VisitStart(visit_id=self.id(), site_id=self.site_id, time_zone=self.zone, participant_id=participant.id)
        at = self.moment(came.days_ago)
        if came.took:
            encounters.log_distribution(self.handed(visit, came.took, _details(came)), by=self.by, at=at)
        if came.fate:
            self.talk(came, visit, at)
        if came.done or came.not_wanted:
            record_care(CareGiven(visit=visit, outcomes=self.outcomes(came), shown=frozenset()), by=self.by, at=at)
        if came.need:
            tell_need(visit, came.need, by=self.by, at=at)

    def handed(
        self, visit: VisitStart, took: Sequence[tuple[str, int]], details: VisitDetails | None = None
    ) -> Distribution:
        """Return supplies as they are handed out on a visit."""
        return Distribution(
            client_id=self.id(),
            visit_id=visit.visit_id,
            site_id=visit.site_id,
            location_id=self.place.id,
            time_zone=visit.time_zone,
            lines=tuple(Wanted(item_id=self.items[code], quantity=units) for code, units in took),
            details=details,
            participant_id=visit.participant_id,
        )

    def talk(self, came: Came, visit: VisitStart, at: datetime) -> None:
        """Talk about naloxone, hand out what they take, and write down what they tell of a reversed overdose."""
        talk = Talk(
            client_id=self.id(),
            visit=visit,
            reply=Reply.TAKEN if came.kits else Reply.ALREADY_HAS,
            supply_type=usual_type(came.fate, is_known_here=came is not self.person.visits[0]),
            previous_fate=came.fate,
            previous_source=Source.THIS_PROGRAMME if came.reversal else None,
            times_used=1 if came.reversal else None,
            training=came.training,
            acts=dict.fromkeys(PRACTISED, True) if came.training else {},
            hand_out=self.handed(visit, ((NASAL, came.kits),)) if came.kits else None,
        )
        record_talk(talk, by=self.by, at=at)
        if came.reversal:
            self.report(came.reversal, talk, at)

    def report(self, reversal: Reversal, talk: Talk, at: datetime) -> None:
        """Write a report down on a visit; one that is cut loose at once never meets it."""
        day = today(self.zone, at) - timedelta(days=reversal.days_before)
        report = NewReport(
            client_id=self.id(),
            site_id=self.site_id,
            visit=None if reversal.is_cut_loose else talk.visit,
            talk_id=None if reversal.is_cut_loose else talk.client_id,
            is_cut_loose=reversal.is_cut_loose,
            happened=Happened(exactness=Exactness.DAY, on=day),
            place=reversal.place,
            outcome=Outcome.OK,
            doses=reversal.doses,
            answers=frozenset(reversal.answers),
        )
        report_reversal(report, by=self.by, at=at)

    def outcomes(self, came: Came) -> Mapping[str, ActivityOutcome]:
        """Return what became of services, tests and topics, as a record names them."""
        ids = {activity.name: activity.public_id for activity in list_activities()}
        done = {ids[name]: ActivityOutcome.DONE for name in came.done}
        return done | {ids[name]: ActivityOutcome.DECLINED for name in came.not_wanted}

    def refer(self, told: Referred, participant: Participant) -> None:
        """Refer them to a service with their code, and tell what became of it."""
        at = self.moment(told.days_ago)
        service = select(Service.id).where(Service.name == told.service)
        referral = NewReferral(
            client_id=self.id(),
            site_id=self.site_id,
            participant_id=participant.id,
            need=told.need,
            service_id=db.session.scalars(service).one(),
            follow_up_on=today(self.zone, at) + timedelta(days=7),
        )
        made = referrals.make_referral(referral, by=self.by, at=at)
        for days, state in told.steps:
            happened = at + timedelta(days=days)
            step = Step(client_id=self.id(), state=state, happened_on=today(self.zone, happened))
            referrals.take_step(made.public_id, step, by=self.by, at=happened)

    def say(self, participant: Participant) -> None:
        """Write down what they say of their life, and what stands in their way."""
        at = self.moment(self.person.visits[-1].days_ago)
        told_on = today(self.zone, at)
        if self.person.connections:
            connections = Connections(
                participant_id=participant.id, site_id=self.site_id, statuses=self.person.connections, told_on=told_on
            )
            tell_connections(connections, by=self.by, at=at)
        if self.person.barriers:
            step = next(step for step in list_steps() if step.name == "Got there")
            barriers = frozenset(self.person.barriers)
            noted = BarriersNoted(
                participant_id=participant.id, site_id=self.site_id, step_id=step.id, barriers=barriers
            )
            note_barriers(noted, by=self.by, at=at)
        if self.person.profile:
            answers = {name: frozenset({answer}) for name, answer in self.person.profile.items()}
            told = ProfileTold(
                participant_id=participant.public_id, site_id=self.site_id, told_on=told_on, answers=answers
            )
            profile.tell_profile(told, by=self.by)

    def participant(self, public_id: str) -> Participant:
        """Return a participant."""
        found = find_participant(public_id)
        assert found is not None, "they have just begun"  # noqa: S101
        return found

    def moment(self, days_ago: int) -> datetime:
        """Return when they came on a day: everybody at another time."""
        return self.ago(days_ago) - timedelta(minutes=35 + 11 * self.number)


def _details(came: Came) -> VisitDetails | None:
    """Return what was told on a visit, or nothing where nobody asked."""
    if came.returned is None and came.others is None:
        return None
    returned = None if came.returned is None else Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(came.returned))
    audience = None if came.others is None else Audience.SELF_AND_OTHERS
    return VisitDetails(audience=audience, number_of_others=came.others, returned=returned)
