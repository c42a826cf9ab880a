"""The patterns of a lab's ``prints:``. They may come from a stranger, so searches have a time limit."""

from __future__ import annotations

import math
import re

LONGEST = 500
MOST_REPEATS = 10_000
DEADLINE = 0.25
"""The time limit of a search, in seconds; a longer one would freeze the screen."""

_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")


class PatternError(Exception):
    """A pattern cannot be used. The message is a sentence."""


def check_pattern(pattern: str) -> None:
    """Check that a pattern can be used.

    Raises:
        PatternError: It is too long, repeats too much, cannot be read, or takes too long.
    """
    import regex

    if len(pattern) > LONGEST:
        raise PatternError(f"This pattern has {len(pattern):,} characters; at most {LONGEST} are searched for.")
    counts = [max((int(each) for each in found if each), default=1) for found in _REPEAT.findall(pattern)]
    if math.prod(max(count, 1) for count in counts) > MOST_REPEATS:  # compiling writes repetitions out
        raise PatternError(f"The {{…}} of this pattern repeat something more than {MOST_REPEATS:,} times.")
    try:
        regex.compile(pattern, regex.MULTILINE)
    except regex.error as error:
        raise PatternError(f"This pattern cannot be read: {error}.") from None
    except (RecursionError, OverflowError, ValueError):
        raise PatternError("This pattern cannot be read: it is nested too deeply.") from None
    try:
        regex.search(pattern, "a" * 60 + "!", regex.MULTILINE, timeout=DEADLINE)
    except TimeoutError:
        raise PatternError("This pattern takes far too long; repeat nothing that is repeated, as in (a+)+.") from None


def is_found(pattern: str, text: str) -> bool:
    """Return whether a pattern matches somewhere in a text.

    Raises:
        PatternError: The search took too long, or the pattern cannot be used.
    """
    import regex

    try:
        return regex.search(pattern, text, regex.MULTILINE, timeout=DEADLINE) is not None
    except TimeoutError:
        raise PatternError("The lesson's pattern takes too long on what is printed.") from None
    except (regex.error, RecursionError, OverflowError, ValueError):
        raise PatternError("The lesson's pattern cannot be read.") from None
