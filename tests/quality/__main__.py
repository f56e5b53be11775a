"""`make bench-quality`, or `python -m tests.quality --help`: every section with its figures and goals."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests.quality import addresses, matters

# Each prints its figures, given which half of chance to draw from, and says whether its goals are reached.
SECTIONS: dict[str, Callable[[int], bool]] = {"addresses": addresses.report, "matters": matters.report}


def main() -> int:
    """Print every section. 0; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="make bench-quality ARGS=…", description=__doc__)
    parser.add_argument("--only", default=",".join(SECTIONS), metavar="LIST", help="some of %(default)s")
    parser.add_argument(
        "--seed", type=int, default=2, help="tuned with 1; any other draws what nobody has seen"
    )
    arguments = parser.parse_args()
    reached = [SECTIONS[name](arguments.seed) for name in arguments.only.split(",")]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    raise SystemExit(main())
