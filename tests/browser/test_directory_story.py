"""The loop, end to end: a directory comes in, somebody finds the nearest door, is referred there, and arrives."""

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow

HEADER = "Name,Street,City,State,Zip,Phone,Hours,Latitude,Longitude"
ROWS = (
    "Nome Harbor Exchange,4 Example Quay,Nome,AK,99762,907-555-0140,24/7,64.4990,-165.4060",
    "Nome Example Clinic,80 Example Rd,Nome,AK,99762,907-555-0141,24/7,64.5600,-165.3000",
    "<script>alert(1)</script>,81 Example Rd,Nome,AK,99762,907-555-0142,24/7,64.5700,-165.2900",
    "Nome Harbor Exchange,4 Example Quay,Nome,AK,99762,907-555-0140,24/7,64.4990,-165.4060",
)


def test_a_newcomer_brings_in_a_directory_and_a_referral_closes_the_loop(open_as, tmp_path):
    file = tmp_path / "nome.csv"
    file.write_text("\n".join((HEADER, *ROWS)))

    # The lead chooses the file, says what the columns mean, looks at what would change, and brings it in.
    lead = open_as("noor", viewport=DESKTOP)
    page = lead.page
    page.goto("/find/")
    follow(page.get_by_role("link", name="Keep it true"))
    follow(page.get_by_role("link", name="Bring in services"))
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Name of a new source").fill("Nome directory")
    follow(page.get_by_role("button", name="Look at this file"))
    page.get_by_role("checkbox", name="Naloxone").check()
    follow(page.get_by_role("button", name="Read the file in this way"))
    bring_in = page.get_by_role("button", name="Bring this in")
    expect(bring_in).to_be_visible()  # the page opens again by itself until the file is read
    expect(page.get_by_text("The same as row", exact=False).first).to_be_visible()
    follow(bring_in)
    expect(page.get_by_role("heading", level=1)).to_have_text("Brought in")

    # A participant, without an account: the place, what they need, the nearest door.
    anybody = open_as(None)
    phone = anybody.page
    phone.goto("/find/")
    phone.get_by_role("combobox", name="Town or ZIP").fill("99762")
    phone.get_by_label("Open now").check()
    follow(phone.get_by_role("button", name="Search"))
    expect(phone.get_by_role("link", name="alert(1)")).to_be_visible()  # the tags are gone, the words stay
    follow(phone.get_by_role("link", name="Nome Harbor Exchange"))
    expect(phone.get_by_text("Open around the clock").first).to_be_visible()
    follow(phone.get_by_role("link", name="Print a slip"))
    expect(phone.get_by_text("4 Example Quay")).to_be_visible()

    # The clinician refers somebody there; the slip has a number and no name.
    clinician = open_as("ines")
    desk = clinician.page
    desk.goto("/find/?place=zip-99762&words=harbor")
    follow(desk.get_by_role("link", name="Nome Harbor Exchange"))
    follow(desk.get_by_role("link", name="Refer", exact=True))
    desk.get_by_label("What do they want?").select_option(label="Something else")
    follow(desk.get_by_role("button", name="Make the referral"))
    expect(desk.get_by_role("heading", level=1)).to_have_text("Referral made")
    slip = desk.locator(".slip-number").inner_text().strip()
    assert len(slip.replace("-", "")) == 8
    follow(desk.get_by_role("link", name="Print the slip"))
    expect(desk.locator("main")).to_contain_text(slip)
    expect(desk.locator("main")).to_contain_text("4 Example Quay")

    # A week later somebody looks the number up and hears that they got there.
    desk.goto("/referrals/")
    desk.get_by_label("Slip number").fill(slip.lower())
    follow(desk.get_by_role("button", name="Look up"))
    follow(desk.get_by_role("button", name="They got there"))
    expect(desk.locator("main")).to_contain_text("Got there")
    for window in (lead, anybody, clinician):
        assert window.trouble == []
