"""What a conversation says beside the text of its cards: ways out, wishes, what becomes of it. In every language."""

from harmreduction.assessments.rules.cards import Situation
from harmreduction.assessments.rules.talks import Keeping, Reply, SignOff, Wish
from harmreduction.core.messages import Message, message

WAYS_OUT: dict[Reply, Message] = {
    Reply.SKIPPED: message("Skip this"),
    Reply.NOT_SURE: message("Not sure"),
    Reply.RATHER_NOT_SAY: message("Rather not say"),
    Reply.LATER: message("Talk about it later"),
}

TOLD: dict[Reply, Message] = {
    Reply.SKIPPED: message("You skipped this"),
    Reply.NOT_SURE: message("You are not sure"),
    Reply.RATHER_NOT_SAY: message("You would rather not say"),
    Reply.LATER: message("You want to talk about it later"),
}

# The same in one or two words, beside a card in the list.
STATES: dict[Reply, Message] = {
    Reply.SKIPPED: message("Skipped"),
    Reply.NOT_SURE: message("Not sure"),
    Reply.RATHER_NOT_SAY: message("Rather not say"),
    Reply.LATER: message("Later"),
}

WISHES: dict[Wish, Message] = {
    Wish.SHORT_QUESTIONS: message("One short question at a time"),
    Wish.FEWER_CARDS: message("Fewer cards"),
    Wish.PICTURES: message("With pictures"),
    Wish.READ_ALOUD: message("Read aloud"),
    Wish.MORE_TIME: message("More time"),
    Wish.LARGE_TEXT: message("Larger text"),
    Wish.COMPANION: message("Somebody with me"),
}

KEEPINGS: dict[Keeping, Message] = {
    Keeping.NOTHING: message("Keep nothing"),
    Keeping.WITHOUT_CODE: message("Keep it without a code"),
    Keeping.WITH_CODE: message("Keep it with my code"),
}

SIGN_OFFS: dict[SignOff, Message] = {
    SignOff.YES: message("Yes, that is what I meant"),
    SignOff.NOT_QUITE: message("Not quite"),
}

SITUATIONS: dict[Situation, Message] = {
    Situation.USING: message("Using now"),
    Situation.ON_A_BREAK: message("On a break"),
    Situation.STOPPED: message("Stopped"),
    Situation.VARIES: message("It varies"),
}

# What a participant reads around each card, in the language of the conversation.
FACE: dict[str, Message] = {
    "why": message("Why we ask:"),
    "own_words": message("In your own words"),
    "own_hint": message("Written just as you say it. You can leave this empty."),
    "choose_many": message("Choose all that fit, or none."),
    "was": message("Was:"),
    "typed": message("Typed on another screen, not sent yet:"),
    "unsent": message("Not sent yet"),
    "taken_over": message("This stands here as you left it. It is not sent yet."),
    "told_first": message("What happens after your answer"),
    "no_voice": message("This device has no voice of its own for this language, so it cannot read aloud."),
    "told_before": message("We tell you what it is about before it starts."),
    "said_before": message("You said something last time. Still true?"),
    "talked": message("Talked about"),
    "good_start": message("A good start"),
    "go_on": message("Go on"),
    "not_now": message("Not now"),
    "next": message("Pick the next card"),
    "stop": message("Stop here"),
    "still_true": message("Still true"),
    "changed": message("Changed"),
    "last_time": message("You said last time:"),
    "read_aloud": message("Read it to me"),
    "then": message("Then:"),
    "but": message("What stays as it is:"),
    "to_verify": message("From memory, still to verify."),
    "people_differ": message("People differ. No number here is about you."),
}
