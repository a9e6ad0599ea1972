"""Two screens that end one conversation at the same moment, with a database that lets both of them in."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.assessments import drafts
from harmreduction.assessments.models import ConversationVersion
from harmreduction.core.db import db
from tests.accounts.people import make_person, sign_in
from tests.assessments.sittings import begun
from tests.factories import make_site
from tests.pages import text_of


def test_two_screens_that_end_it_at_one_moment_are_told_one_truth(postgresql_app, postgresql_database):
    site = make_site("North")
    account = make_person("clinician", sites=(site.id,))
    me = signed_in_as(account.id)
    screens = [sign_in(postgresql_app, account) for _ in range(2)]
    for _time in range(2):
        draft, start = begun(site, me), threading.Barrier(2)
        db.session.rollback()

        def press(screen, keeping, draft=draft, start=start):
            start.wait()
            said = {"keeping": keeping, "version": draft.version_id}
            return screen.post(f"/conversations/now/{draft.draft_id}/ending", data=said)

        with ThreadPoolExecutor() as threads:
            keeping, leaving = threads.map(press, screens, ("without_code", "nothing"))
        db.session.rollback()
        versions = select(ConversationVersion.public_id).where(ConversationVersion.public_id == draft.version_id)
        if db.session.scalars(versions).all():
            assert keeping.location == leaving.location != "/conversations/nothing-kept"
            assert text_of(screens[0].page(keeping.location)) == text_of(screens[1].page(leaving.location))
        else:  # who wanted it kept is told only what is sure: of what is not kept there is no trace
            assert leaving.location == "/conversations/nothing-kept"
            assert keeping.status_code == 404 and "If it was kept" in keeping.text
    assert drafts.list_drafts(me) == []
