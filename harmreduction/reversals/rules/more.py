"""Everything else that a report may tell, under clear headings; all of it is optional."""

from harmreduction.core.messages import message
from harmreduction.reversals.rules.asking import DONT_KNOW, YES_NO, Question, Section

NOT_KNOWN = message("I don't know")
SOMETHING_ELSE = message("Something else")

WHY_NOT_911 = Question(
    code="why_not_911",
    text=message("If 911 was not called: why not?"),
    takes_several=True,
    answers={
        "police": message("Fear of police"),
        "warrants": message("Fear about warrants or immigration"),
        "child_services": message("Fear of child services"),
        "housing": message("Fear of losing housing"),
        "no_phone": message("No phone, or no signal"),
        "woke_up": message("They woke up"),
        "handled": message("We handled it"),
        "other": SOMETHING_ELSE,
    },
)
CAME = Question(
    code="came",
    text=message("Who came?"),
    takes_several=True,
    answers={
        "ambulance": message("Ambulance"),
        "fire": message("Fire service"),
        "police": message("Police"),
        "outreach": message("Outreach or staff"),
        "nobody": message("Nobody"),
        DONT_KNOW: NOT_KNOWN,
    },
)
POLICE = Question(
    code="police",
    text=message("If police came: what did they do?"),
    takes_several=True,
    answers={
        "helped": message("Helped"),
        "took_kit": message("Took the naloxone"),
        "made_leave": message("Made people leave"),
        "other": SOMETHING_ELSE,
        DONT_KNOW: NOT_KNOWN,
    },
)
HOSPITAL = Question(
    code="hospital",
    text=message("Hospital?"),
    answers={
        "went": message("They went"),
        "chose_not": message("They chose not to go"),
        "not_offered": message("It did not come up"),
        DONT_KNOW: NOT_KNOWN,
    },
)
PART_OF_DAY = Question(
    code="part_of_day",
    text=message("Which part of the day?"),
    answers={
        "morning": message("Morning"),
        "afternoon": message("Afternoon"),
        "evening": message("Evening"),
        "night": message("Night"),
        DONT_KNOW: NOT_KNOWN,
    },
)
REPORTER = Question(
    code="reporter",
    text=message("Who tells this?"),
    public_text=message("Who are you in this?"),
    answers={
        "gave_naloxone": message("Who gave naloxone"),
        "overdosed": message("The person who overdosed"),
        "was_there": message("Somebody else who was there"),
        "staff": message("Staff"),
        "heard": message("Somebody who heard about it"),
    },
    public_answers={
        "gave_naloxone": message("I gave naloxone"),
        "overdosed": message("I overdosed"),
        "was_there": message("I was there"),
        "staff": message("I work for a service"),
        "heard": message("I heard about it"),
    },
)
RELATION = Question(
    code="relation",
    text=message("Who was it to the person who helped?"),
    public_text=message("Who was it to you?"),
    answers={
        "friend": message("A friend"),
        "partner": message("Their partner"),
        "family": message("Family"),
        "known": message("Somebody they knew a little"),
        "stranger": message("A stranger"),
        "self": message("Themselves"),
    },
    public_answers={
        "partner": message("My partner"),
        "known": message("Somebody I knew a little"),
        "self": message("Myself"),
    },
)
SIGNS = Question(
    code="signs",
    text=message("What could be seen?"),
    takes_several=True,
    answers={
        "no_response": message("Did not respond"),
        "slow_breath": message("Slow breathing, or none"),
        "blue_grey": message("Blue or grey"),
        "gurgling": message("Gurgling or snoring"),
        "seizure": message("A seizure"),
        "other": SOMETHING_ELSE,
    },
)
ALONE = Question(code="alone", text=message("Were they alone before they were found?"), answers=YES_NO)
MINUTES = Question(
    code="minutes",
    text=message("How long until somebody helped?"),
    answers={
        "under_1": message("Less than a minute"),
        "1_to_3": message("1 to 3 minutes"),
        "3_to_5": message("3 to 5 minutes"),
        "over_5": message("More than 5 minutes"),
        DONT_KNOW: NOT_KNOWN,
    },
)
DID = Question(
    code="did",
    text=message("What was done?"),
    takes_several=True,
    answers={
        "shook": message("Shook and shouted"),
        "rubbed": message("Rubbed the breastbone"),
        "breaths": message("Rescue breaths"),
        "cpr": message("Chest compressions"),
        "oxygen": message("Oxygen"),
        "position": message("Recovery position"),
        "stayed": message("Stayed with them"),
        "second_dose": message("A second dose"),
    },
)
AFTER = Question(
    code="after",
    text=message("And afterwards?"),
    takes_several=True,
    answers={
        "nothing": message("Nothing special"),
        "withdrawal": message("Withdrawal"),
        "vomiting": message("Vomiting"),
        "upset": message("Angry or upset"),
        "sleepy": message("Sleepy"),
        "seizure": message("A seizure"),
        "again": message("Overdosed again later"),
        "other": SOMETHING_ELSE,
    },
)
DRUGS = Question(
    code="drugs",
    text=message("Which drugs?"),
    takes_several=True,
    answers={
        "heroin": message("Heroin"),
        "fentanyl": message("Fentanyl"),
        "rx_opioids": message("Opioid pills from a pharmacy"),
        "fake_pills": message("Pressed or fake pills"),
        "methadone": message("Methadone"),
        "buprenorphine": message("Buprenorphine"),
        "tranq": message("Tranq (xylazine, medetomidine)"),
        "benzos": message("Benzos"),
        "alcohol": message("Alcohol"),
        "cocaine": message("Cocaine"),
        "crack": message("Crack"),
        "meth": message("Meth"),
        "gabapentinoids": message("Gabapentin or pregabalin"),
        "other": SOMETHING_ELSE,
        DONT_KNOW: NOT_KNOWN,
    },
)
DRUGS_ARE = Question(
    code="drugs_are",
    text=message("How sure is that?"),
    answers={
        "known": message("Known"),
        "believed": message("Believed"),
    },
)
ROUTE = Question(
    code="route",
    text=message("Taken how?"),
    takes_several=True,
    answers={
        "injected": message("Injected"),
        "smoked": message("Smoked"),
        "snorted": message("Snorted"),
        "swallowed": message("Swallowed"),
        "other": SOMETHING_ELSE,
        DONT_KNOW: NOT_KNOWN,
    },
)
MIXED = Question(code="mixed", text=message("Were drugs mixed, or drugs and alcohol?"), answers=YES_NO)
BREAK = Question(code="break", text=message("Had they had a break of some days before?"), answers=YES_NO)
PRODUCT = Question(
    code="product",
    text=message("Which naloxone?"),
    takes_several=True,
    answers={
        "nasal": message("Nose spray"),
        "injection": message("Injection"),
        "other": SOMETHING_ELSE,
        DONT_KNOW: NOT_KNOWN,
    },
)
SOURCE = Question(
    code="source",
    text=message("Where did it come from?"),
    answers={
        "this_programme": message("This programme"),
        "other_programme": message("Another programme"),
        "pharmacy": message("Pharmacy"),
        "hospital": message("Hospital"),
        "jail": message("Jail or prison"),
        "mail": message("By mail"),
        "vending": message("A machine or a box"),
        "friend": message("A friend or family"),
        "responders": message("Ambulance, fire service or police"),
        "other": message("Somewhere else"),
        DONT_KNOW: NOT_KNOWN,
    },
)
AGE_BAND = Question(
    code="age_band",
    text=message("About how old?"),
    answers={
        "under_18": message("Under 18"),
        "18_24": message("18 to 24"),
        "25_34": message("25 to 34"),
        "35_44": message("35 to 44"),
        "45_54": message("45 to 54"),
        "55_64": message("55 to 64"),
        "65_up": message("65 or more"),
        DONT_KNOW: NOT_KNOWN,
    },
)
GENDER = Question(
    code="gender",
    text=message("Gender"),
    answers={
        "woman": message("Woman"),
        "man": message("Man"),
        "nonbinary": message("Nonbinary"),
        "another": message("Another"),
        DONT_KNOW: NOT_KNOWN,
    },
)
NEEDS_NOW = Question(
    code="needs_now",
    text=message("What is needed now?"),
    public_text=message("What do you need now?"),
    takes_several=True,
    answers={
        "refill": message("Naloxone again"),
        "talk": message("Somebody to talk to"),
        "referral": message("A way to another service"),
        "grief": message("Support in grief"),
        "nothing": message("Nothing"),
    },
)
FEELING = Question(
    code="feeling",
    text=message("How are they doing themselves?"),
    public_text=message("How are you doing?"),
    answers={
        "fine": message("All right"),
        "shaken": message("Shaken"),
        "sad": message("Sad or grieving"),
        "angry": message("Angry"),
        "tired": message("Worn out"),
        "not_said": message("Rather not say"),
    },
)

SECTIONS = (
    Section(code="afterwards", title=message("How are you, and what now?"), questions=(FEELING, NEEDS_NOW)),
    Section(code="help", title=message("911 and who came"), questions=(WHY_NOT_911, CAME, POLICE, HOSPITAL)),
    Section(code="kit", title=message("The naloxone"), questions=(SOURCE, PRODUCT)),
    Section(code="response", title=message("What was done"), questions=(DID, MINUTES, AFTER)),
    Section(
        code="before",
        title=message("How it was found"),
        questions=(PART_OF_DAY, SIGNS, ALONE, REPORTER, RELATION),
    ),
    Section(code="drugs", title=message("Drugs"), questions=(DRUGS, DRUGS_ARE, ROUTE, MIXED, BREAK)),
    Section(code="who", title=message("The person who overdosed, roughly"), questions=(AGE_BAND, GENDER)),
)
