"""Derive every quantity of random networks: ``python -m benchmarks.campaigns.derivations [--networks 60] [--first 0]``.

Every line of every derivation must have NumPy's value, be drawable, and be the same when read back. The tests derive
the first and the last of similar quantities.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.campaigns.outcome import Outcome, report
from tests.engines.test_derivations import assert_every_line_holds


def main() -> int:
    """Derive, and print what does not hold; return 1 if there is anything."""
    parser = argparse.ArgumentParser(description="Derive every quantity of random networks.")
    parser.add_argument("--networks", type=int, default=60)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first network")
    options = parser.parse_args()
    outcome = Outcome("every line of every derivation")
    for seed in range(options.first, options.first + options.networks):
        try:
            assert_every_line_holds(seed, every=True)
        except Exception as error:
            outcome.hold(False, f"network {seed}: {type(error).__name__}: {error}")
        else:
            outcome.hold(True, "")
    return report([outcome])


if __name__ == "__main__":
    sys.exit(main())
