"""Fields as people type into them: read generously, never misread, and empty is not zero."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.web.forms import (
    EARLIEST,
    AmountField,
    Between,
    DayField,
    Form,
    OnceField,
    PeriodForm,
    WholeNumberField,
)


class Bounded(PlainForm):
    """A number that has to lie between two others."""

    units = WholeNumberField("How many", [InputRequired("Enter how many."), Between(1, 100_000)])


class Entry(PlainForm):
    """One field of each kind."""

    units = WholeNumberField("How many")
    litres = AmountField("How much")
    day = DayField("Day")
    once = OnceField()


class OfOurs(Form):
    """A form with one field."""

    units = WholeNumberField("How many")


@pytest.fixture(autouse=True)
def reader(app):
    with app.test_request_context():
        yield


def entered(**fields):
    form = Entry(MultiDict(fields))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("3", 3),
        (" 12 ", 12),
        ("0", 0),
        ("-4", -4),
        ("1,200", 1200),
        ("1 200", 1200),
        ("3\u202f644\u202f444", 3_644_444),
        ("٣", 3),
    ],
)
def test_whole_numbers_are_read_as_people_type_them(text, units):
    form = entered(units=text)
    assert (form.units.data, form.units.errors) == (units, [])


@pytest.mark.parametrize(
    "text", ["1,5", "2.5", "--5", "-", "five", "1e3", "1,2,3", "12 3", "½", "1" * 13, "\x00", "0x10", "+-1"]
)
def test_what_is_no_whole_number_is_never_guessed(text):
    form = entered(units=text)
    assert (form.units.data, form.units.errors) == (None, ["Enter a whole number, like 3."])


@pytest.mark.parametrize("text", ["1.4", "1,4", " 1.40 "])
def test_amounts_are_read_with_a_point_or_a_comma(text):
    assert entered(litres=text).litres.data == Decimal("1.4")


@pytest.mark.parametrize(
    "text", ["nan", "inf", "1e999999", "1e5", "-0.4", "+1", "1,2,3", "1.2.3", "one", "-", "9" * 40, "\x00", "1_000"]
)
def test_what_is_no_amount_is_never_guessed(text):
    form = entered(litres=text)
    assert (form.litres.data, form.litres.errors) == (None, ["Enter a number, like 1.4."])


@pytest.mark.parametrize("text", ["", "  "])
def test_what_is_left_empty_is_none_and_never_zero(text):
    form = entered(units=text, litres=text, day=text)
    assert (form.units.data, form.litres.data, form.day.data) == (None, None, None)
    assert form.errors == {}


@pytest.mark.parametrize(
    "text", ["21/11/2026", "2026-13-01", "2026-02-30", "tomorrow", "0000-00-00", "2026-11-21T22:41"]
)
def test_what_is_no_day_gets_a_sentence(text):
    form = entered(day=text)
    assert (form.day.data, form.day.errors) == (None, ["Enter a date, like 2026-11-21."])


@given(text=st.text(max_size=30))
def test_whatever_is_typed_gets_a_value_or_a_sentence(text):
    form = Entry(MultiDict({"units": text, "litres": text, "day": text, "once": text}))
    form.validate()
    for field in (form.units, form.litres, form.day):
        assert field.data is None or field.errors == []
    assert len(form.once.data) == 36


def test_a_new_page_has_an_id_of_its_own_and_a_sent_one_keeps_it():
    first, second = Entry().once.data, Entry().once.data
    assert first != second
    assert entered(once=first).once.data == first
    assert entered(once="not an id").once.data != "not an id"


def test_a_domain_error_is_shown_at_its_field_or_above_the_form():
    form = OfOurs(MultiDict())
    form.fail(DomainError(message("There is not that much here.")))
    form.fail(DomainError(message("Enter at most %(most)s.", most=9)), form.units)
    assert form.form_errors == ["There is not that much here."]
    assert form.units.errors == ["Enter at most 9."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter how many."),
        ("many", "Enter a whole number, like 3."),
        ("9" * 30, "Enter a whole number, like 3."),
        ("0", "Enter a whole number from 1 to 100,000."),
        ("100001", "Enter a whole number from 1 to 100,000."),
    ],
)
def test_a_number_that_cannot_be_gets_one_sentence(text, sentence):
    form = Bounded(MultiDict({"units": text}))
    assert not form.validate()
    assert [str(problem) for problem in form.units.errors] == [sentence]


TODAY = date(2026, 11, 22)
TYPED_DAYS = st.sampled_from(["", "soon", "0001-01-01", "9999-12-31"]) | st.dates().map(str)


@given(TYPED_DAYS, TYPED_DAYS, st.none() | st.integers(1, 400))
def test_a_period_is_in_order_and_ends_by_today_whatever_was_typed(first, last, usual_days):
    form = PeriodForm(MultiDict({"first": first, "last": last}))
    begins, ends = form.period(today=TODAY, usual_days=usual_days)
    assert EARLIEST <= begins <= ends <= TODAY
    assert (form.first.data, form.last.data) == (begins, ends)


def test_a_period_that_nobody_asked_for_is_this_year_so_far_or_the_usual_days():
    assert PeriodForm(MultiDict()).period(today=TODAY) == (date(2026, 1, 1), TODAY)
    begins, ends = PeriodForm(MultiDict()).period(today=TODAY, usual_days=90)
    assert (ends - begins, ends) == (timedelta(days=89), TODAY)
