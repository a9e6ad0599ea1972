"""Measure and print one line for each figure: `make bench`, or `make bench BENCH=house` for one group.

Exit status 1 when a goal is missed. `--verbose` adds what stands behind each figure.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

GROUPS = ("house", "directory", "supplies", "field")


def main() -> None:
    """Measure the groups asked for, and say whether every goal is met."""
    parser = argparse.ArgumentParser(description="Measure against the goals.")
    parser.add_argument("--verbose", action="store_true", help="print what stands behind each figure")
    verbose = parser.parse_args().verbose
    short = sum(measure(group, verbose=verbose) for group in chosen(os.environ.get("BENCH", "")))
    sys.exit(f"{short} of these goals are missed." if short else 0)


def chosen(group: str) -> Sequence[str]:
    """Return the group that BENCH names, or all of them."""
    if group and group not in GROUPS:
        sys.exit(f"There is no group {group!r}. BENCH can be one of: {', '.join(GROUPS)}.")
    return (group,) if group else GROUPS


def measure(group: str, *, verbose: bool) -> int:
    """Print a group's figures, each as soon as it is measured; return how many miss their goal."""
    short = 0
    print(f"-- {group}", flush=True)
    for figure in importlib.import_module(f"bench.{group}").figures():
        print(figure, flush=True)
        if verbose:
            print("".join(f"     {line}\n" for line in figure.details), end="", flush=True)
        short += figure.is_short
    return short


if __name__ == "__main__":
    main()
