"""People without names, on a phone: refill and report, a card, the front desk, anybody's report, being forgotten.

Things are found by what they are called in the page's code, so that the same stories hold in every language.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from harmreduction.settings.rules import CODE_SIGNS
from tests.browser.conftest import follow
from tests.browser.supplies import stay_plain

LANGUAGES = ["en", "es"]
MOST_TAPS = 12
QUICK = {
    "when": "today",
    "outcome": "ok",
    "doses": "2",
    "place": "toilet",
    "gave": "friend",
    "called_911": "no",
}


@dataclass
class Thumb:
    """A thumb on a phone: what it taps, and how often it did."""

    page: Page
    taps: int = 0

    def tap(self, way: str) -> None:
        """Tap something that stays on the page."""
        self.taps += 1
        self.page.locator(way).first.click()

    def follow(self, way: str) -> None:
        """Tap a link or a button that opens a page."""
        self.taps += 1
        follow(self.page.locator(way).first)

    def answer(self, **answers: str) -> None:
        """Tap one answer to each of these questions."""
        for question, answer in answers.items():
            self.tap(tile(question, answer))


def tile(question: str, answer: str) -> str:
    """Return how an answer to a question is found."""
    return f"label:has(input[name={question}][value='{answer}'])"


def type_code(page: Page, code: str) -> None:
    """Look a card up by its typed code."""
    page.goto("/codes/")
    page.locator("[name=code_card]").fill(code)
    follow(page.locator("button[name=do][value=card]"))


def new_card(page: Page) -> str:
    """Give somebody new a card, and return the code that stands on it."""
    page.goto("/codes/")
    follow(page.locator("button[formaction='/codes/cards/new']"))
    expect(page.locator(".code-picture path")).to_have_count(1)
    return page.locator(".code-signs").inner_text()


def count_of(page: Page, path: str) -> int:
    """Read the first large number of a page."""
    page.goto(path)
    return int(page.locator(".stat b").first.inner_text().split()[0])


def open_more(page: Page, ending: str) -> None:
    """Open one of the pages that are folded away on a participant's page."""
    page.locator("details.sheet summary").last.click()
    follow(page.locator(f"details.sheet a[href$='{ending}']"))


def refill_after_use(thumb: Thumb, **answers: str) -> tuple[str, str]:
    """Say that the kit was used on somebody, hand out the next and tell of it; return the visit and the report."""
    thumb.answer(fate="used_on_someone")
    if not thumb.page.locator("[name=reply][value=taken]").is_checked():  # somebody else's talk was saved just before
        thumb.answer(reply="taken")
    thumb.follow("button[form=talk]")
    expect(thumb.page).to_have_url(re.compile("/reversals/talk/"))
    thumb.answer(**answers)
    thumb.follow("button[form=report]")
    expect(thumb.page.get_by_role("status").first).to_be_visible()
    found = re.search(r"report=([\w-]+)&visit=([\w-]+)", thumb.page.url)
    assert found is not None, thumb.page.url
    return found[2], found[1]


def check_both_saved(page: Page, visit: str, report: str) -> None:
    """Assert that a visit holds a kit, what became of the one before, and the report."""
    page.goto(f"/visits/{visit}")
    told = page.locator("[aria-labelledby=so-far]")
    expect(told.locator("b").first).to_contain_text(re.compile(r"\b1\b"))
    expect(told.locator("dd").first).to_be_visible()
    expect(page.locator(f"main a[href='/reversals/{report}']")).to_have_count(1)


@pytest.mark.parametrize(("language", "javascript"), [("en", True), ("es", True), ("en", False)])
def test_a_refill_with_its_report_takes_twelve_taps_at_most(open_as, language, javascript):
    window = open_as("maya", language=language, java_script_enabled=javascript)
    page = window.page

    # Nobody asks for a code: two taps to the kit, six quick questions, saved.
    stay_plain(page)
    page.goto("/hand-out")
    thumb = Thumb(page)
    thumb.follow("main a[href='/naloxone/']")
    visit, report = refill_after_use(thumb, **QUICK)
    assert thumb.taps <= MOST_TAPS
    check_both_saved(page, visit, report)
    expect(page.locator(f"a[href='/visits/{visit}/code']")).to_have_count(1)

    # With a card, typed: the field waits for it.
    code = new_card(page)
    page.goto("/hand-out")
    thumb = Thumb(page)
    thumb.follow(".tabs a[href='/codes/']")
    expect(page.locator("[name=code_card]")).to_be_focused()
    page.keyboard.type(code)
    thumb.follow("button[name=do][value=card]")
    thumb.follow("button[name=then][value=naloxone]")
    visit, report = refill_after_use(thumb, **QUICK | {"when": "this_week", "place": "street"})
    assert thumb.taps <= MOST_TAPS
    check_both_saved(page, visit, report)
    expect(page.locator("main a[href^='/participants/']")).to_have_count(1)
    assert window.trouble == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_is_found_by_its_code_and_nobody_after_is_taken_for_its_person(open_as, language):
    window = open_as("maya", language=language)
    page = window.page
    code = new_card(page)

    # Typed as people type; then with one letter wrong, which is asked and never assumed.
    type_code(page, code.lower().replace("-", " "))
    whose = page.url
    assert "/participants/" in whose
    wrong = CODE_SIGNS[(CODE_SIGNS.index(code[2]) + 1) % len(CODE_SIGNS)]
    type_code(page, code[:2] + wrong + code[3:])
    expect(page.locator("main")).not_to_contain_text(code)
    follow(page.locator("form[action='/codes/chosen'] button").first)
    expect(page).to_have_url(whose)

    # A visit begins, and what is tapped belongs to it.
    stay_plain(page)
    follow(page.locator("form[action$='/visit'] button:not([name])"))
    visit = page.url
    follow(page.locator("main a[href^='/hand-out?visit=']"))
    follow(page.locator(".pocket-main"))
    follow(page.locator("main a.btn-wide[href^='/visits/']"))
    assert page.url.split("?")[0] == visit
    expect(page.locator("main a[href^='/participants/']")).to_have_count(1)

    # The next person is nobody's visit.
    follow(page.locator(".row-apart a[href='/hand-out']"))
    follow(page.locator(".pocket-main"))
    follow(page.locator("main a.btn-wide[href^='/visits/']"))
    assert page.url.split("?")[0] != visit
    expect(page.locator("main a[href$='/code']")).to_have_count(1)
    page.goto(visit)
    expect(page.locator("[aria-labelledby=so-far] b").first).to_contain_text(re.compile(r"\b1\b"))
    assert window.trouble == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_desk_calls_one_and_sees_another_leave(open_as, language):
    window = open_as("ines", language=language)
    page = window.page

    def arrive() -> tuple[str, str]:
        page.goto("/queue/")
        follow(page.locator(".pocket-main"))
        entry = page.url.rpartition("added=")[2]
        return f"li.ticket:has(form[action='/queue/{entry}'])", page.locator(".drawn b").inner_text()

    first, number = arrive()
    second, _number = arrive()
    follow(page.locator(first).locator("button[value=with_staff]"))
    expect(page).to_have_url(re.compile("/visits/"))

    # The screen in the waiting room says whose turn it is, by number alone.
    page.goto("/queue/")
    follow(page.locator("main a[href^='/queue/screen']"))
    expect(page.locator(".screen-now")).to_contain_text(number)

    page.goto("/queue/")
    follow(page.locator(first).locator("button[value=seen]"))
    follow(page.locator(second).locator("button[value=left]"))
    for ticket in (first, second):
        expect(page.locator("[aria-labelledby=waiting]").locator(ticket)).to_have_count(0)
        expect(page.locator("details").locator(ticket)).to_have_count(1)
    assert window.trouble == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_anybody_tells_of_an_overdose_and_a_lead_counts_it_once(open_as, language):
    lead, anybody = open_as("noor", language=language), open_as(None, language=language)
    page, phone = lead.page, anybody.page
    counted = count_of(page, "/reversals/figures")

    def waiting() -> set[str]:
        page.goto("/reversals/review")
        forms = page.locator("form[action$='/count']").all()
        return {str(form.get_attribute("action")) for form in forms}

    before = waiting()
    phone.goto("/used")
    Thumb(phone).answer(**QUICK)
    follow(phone.locator("form[action='/used'] .btn-main"))
    expect(phone).to_have_url(re.compile("/used/thanks"))

    [new] = waiting() - before
    follow(page.locator(f"form[action='{new}'] button"))
    assert new not in waiting()
    assert count_of(page, "/reversals/figures") == counted + 1

    # The night before somebody told of the same kind of place: the lead says that it was the same overdose.
    page.goto("/reversals/review")
    pairs = page.locator(f"form:has(input[value='{new.split('/')[2]}'])")
    possible = pairs.count()
    assert possible
    follow(pairs.first.locator("button[value=same]"))
    page.goto("/reversals/review")
    expect(pairs).to_have_count(possible - 1)
    assert lead.trouble == anybody.trouble == []


@pytest.mark.parametrize(
    ("language", "question", "answer"), [("en", "age_band", "35_44"), ("es", "treatment", "wanted")]
)
def test_somebody_answers_a_new_question_and_is_forgotten_while_the_totals_stay(open_as, language, question, answer):
    window = open_as("noor", language=language)
    page = window.page
    page.goto(f"/questions/profile/{question}")
    page.locator("[name=asked_for]").fill("The yearly report")
    follow(page.locator("form .btn-main"))

    page.goto("/codes/")
    follow(page.locator("main a.btn").first)
    follow(page.locator(".todo a.btn").first)
    whose = page.url
    open_more(page, "/profile")
    Thumb(page).tap(tile(question, answer))
    follow(page.locator("form[action$='/profile'] .btn-main"))
    page.goto(f"{whose}/profile")
    expect(page.locator("[aria-labelledby=told] .sheet").filter(has_text="The yearly report")).to_have_count(0)
    expect(page.locator(f"[aria-labelledby=told] input[value={question}]")).to_have_count(1)

    page.goto("/reports/totals")
    totals = page.locator("main").inner_text()
    page.goto(whose)
    open_more(page, "/forget")
    follow(page.locator("form .btn-stop"))
    window.trouble.clear()
    answered = page.goto(whose)
    assert answered is not None and answered.status == 404
    page.goto("/reports/totals")
    assert page.locator("main").inner_text() == totals
