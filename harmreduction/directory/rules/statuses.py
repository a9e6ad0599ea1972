"""Whether a service is offered: the four states of HSDS in words."""

from harmreduction.core.messages import Message, message

STATUSES: dict[str, Message] = {
    "active": message("Yes, it is offered"),
    "temporarily closed": message("Closed for now"),
    "inactive": message("Not offered any more"),
    "defunct": message("It does not exist any more"),
}
