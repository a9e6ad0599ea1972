"""Where an instance lives, read from the environment; imported by the factory only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HOUSE = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.0.0.1", "::1", "localhost")
HIGHEST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one instance that have to be known before its database is open.

    instance: folder for the database and backups. keys: folder for the key files, apart from the data.
    database_url: a PostgreSQL address, or None for the embedded encrypted database.
    proxy_hops: how many reverse proxies stand in front and are to be believed.
    """

    instance: Path
    keys: Path
    database_url: str | None = None
    port: int = 8000
    host: str = "127.0.0.1"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read HR_INSTANCE, HR_KEYS, HR_DATABASE_URL, PORT, HR_HOST, HR_TRUSTED_HOSTS and HR_PROXY_HOPS."""
        instance = Path(environment.get("HR_INSTANCE") or HOUSE / "instance").resolve()
        keys = environment.get("HR_KEYS")
        return cls(
            instance=instance,
            keys=Path(keys).resolve() if keys else instance.with_name(f"{instance.name}-keys"),
            database_url=environment.get("HR_DATABASE_URL") or None,
            port=_port(environment),
            host=environment.get("HR_HOST") or "127.0.0.1",
            trusted_hosts=tuple(filter(None, environment.get("HR_TRUSTED_HOSTS", "").split(","))),
            proxy_hops=_number(environment, "HR_PROXY_HOPS", 0),
        )

    @property
    def database_file(self) -> Path:
        """The embedded database."""
        return self.instance / "hr.db"

    @property
    def exists(self) -> bool:
        """Say whether this instance was made already; of one on PostgreSQL, its keys are what stands here."""
        if self.database_url is None:
            return self.database_file.exists()
        return any(self.keys.glob("*.key"))

    @property
    def are_keys_beside(self) -> bool:
        """Say whether the keys lie on the same disk as the database, or whether that cannot be told."""
        if not (self.keys.exists() and self.instance.exists()):
            return True
        return self.keys.stat().st_dev == self.instance.stat().st_dev

    @property
    def answers_to(self) -> tuple[str, ...]:
        """The host names that the app answers to; () for every name.

        One laptop has its own names only: another website's name that points to it would pass for the app.
        """
        if self.trusted_hosts or self.host not in LOOPBACK:
            return self.trusted_hosts
        return ("127.0.0.1", "localhost")


def _port(environment: Mapping[str, str]) -> int:
    """Read the port, or say what one can be."""
    port = _number(environment, "PORT", 8000)
    if not 0 < port <= HIGHEST_PORT:
        raise SystemExit(f"PORT must be from 1 to {HIGHEST_PORT}, not {port}. Correct it or leave it out.")
    return port


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number, or say which variable to mend."""
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()):
        raise SystemExit(f"{name} must be a whole number, not {text!r}. Correct it or leave it out.")
    return int(text)
