"""Templates compiled once in each process; every test that builds an application of its own would compile them anew."""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates in memory; a template that has changed is compiled again."""

    def __init__(self) -> None:
        """Begin with none."""
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back what was kept."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


def pytest_configure() -> None:
    """Let all applications share them."""
    Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}
