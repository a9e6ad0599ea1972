"""What services are called where several of the same name stand in one list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Named:
    """A service with what tells it from others of its name; what is not known is empty."""

    service_id: int
    name: str
    organization: str = ""
    town: str = ""


def told_apart(services: Iterable[Named]) -> dict[int, str]:
    """Return what each service is called, by its id, and no two of them the same.

    By its name if that is enough, or with who runs it, or its town, or both, or, as the last resort, a number.
    """
    same: dict[str, list[Named]] = defaultdict(list)
    for service in services:
        same[service.name].append(service)
    return {service_id: label for alike in same.values() for service_id, label in _labels(alike).items()}


def _labels(alike: Sequence[Named]) -> dict[int, str]:
    """Return what services of one name are called."""
    choices = (
        [(each.name,) for each in alike],
        [(each.name, each.organization) for each in alike],
        [(each.name, each.town) for each in alike],
        [(each.name, each.organization, each.town) for each in alike],
    )
    labels: list[str] = []
    for choice in choices:
        labels = [", ".join(filter(None, parts)) for parts in choice]
        if len(set(labels)) == len(alike):
            break
    else:
        labels = [f"{label} ({number})" for number, label in enumerate(labels, start=1)]
    return {service.service_id: label for service, label in zip(alike, labels, strict=True)}
