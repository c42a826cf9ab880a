"""Print every measurement of marking; see the package."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median, quantiles

import click

from benchmarks.marking import ambiguity, earlier, measure, reading, sheets, sweep
from benchmarks.marking.rules import RULES

#: The goals, in percent and milliseconds.
FIRST, AMONG_TWO, CONSISTENT, FAST, EARLIER = 97.0, 99.5, 99.5, 2.0, 75.0


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the cases.")
@click.option("--seed", default=1, show_default=True, help="The seed of the first random network.")
@click.option("--only", metavar="PART", help="right, sheets, sweep, wrong, follows, ambiguity, air, time or reading.")
@click.option(
    "--examples", is_flag=True, help="Show right answers that were rejected, and mistakes that were confused."
)
def main(quick: bool, seed: int, only: str | None, examples: bool) -> None:
    """Measure how well marking works, on random networks."""
    scale = 1 if quick else 10
    parts: dict[str, Callable[[], object]] = {
        "right": lambda: right(seed, 150 * scale, examples),
        "sheets": lambda: whole_sheets(seed, 30 * scale, examples),
        "sweep": lambda: sweeps(seed, 8 * scale, examples),
        "wrong": lambda: wrong(seed, 400 * scale, examples),
        "follows": lambda: follows(seed, 300 * scale),
        "ambiguity": lambda: ambiguous(seed, 100 * scale),
        "air": lambda: air(seed, 100 * scale),
        "time": lambda: times(seed, 30 * scale),
        "reading": lambda: hostile(seed, 300 * scale),
    }
    for name, part in parts.items():
        if only in (None, name):
            start = time.perf_counter()
            part()
            click.echo(f"({name}: {time.perf_counter() - start:.0f} s)\n")


def _asked(decimals: int | None) -> str:
    return "default decimals" if decimals is None else f"{decimals} decimals"


def right(seed: int, count: int, examples: bool) -> None:
    """Print the right answers that are rejected, by rounding habit, and how many of them other rules reject."""
    for decimals, wide in ((None, False), (2, False), (3, False), (4, False), (None, True)):
        kind = "batches, optimizers, conventions too" if wide else "plain networks"
        click.echo(f"Right answers refused, % ({_asked(decimals)}, {kind}; goal 0)")
        found = measure.right_refused(seed, count, decimals, wide=wide)
        ways = list(found.share)
        click.echo(f"{'':26}" + "".join(f"{way:>15}" for way in ways))
        for label, shares in (("tutor", found.share), ("tutor, called wrong", found.wrong)):
            click.echo(f"{label:26}" + "".join(f"{shares[way].percent:15.2f}" for way in ways))
        for rule in RULES:
            click.echo(f"{rule:26}" + "".join(f"{found.others[rule, way].percent:15.2f}" for way in ways))
        click.echo(f"{'answers':26}" + "".join(f"{found.share[way].total:15d}" for way in ways) + "\n")
        for line in found.examples if examples else ():
            click.echo(f"  {line}")


def whole_sheets(seed: int, count: int, examples: bool) -> None:
    """Print the right answers that are rejected on whole sheets, in all spellings, each worked from earlier answers."""
    for decimals in (None, 2, 3, 4):
        answers, missed, lines = sheets.refused(seed, count, decimals)
        click.echo(f"Whole sheets, right answers refused ({_asked(decimals)}; goal 0)")
        for way, total in sorted(answers.items()):
            click.echo(f"  {way:20}{missed[way]:6d} of {total}")
        for line in lines[:12] if examples else ():
            click.echo(f"    {line}")


def sweeps(seed: int, count: int, examples: bool) -> None:
    """Print how many numbers 3 to 100 % off are accepted, at every quantity that is asked."""
    for part in sweep.PARTS:
        found = sweep.swept(part, seed, count)
        click.echo(f"Numbers 3 to 100 % off ({part}): {found.tried} at {found.quantities} quantities")
        click.echo(f"  accepted                      {found.accepted} at {len(found.places)} quantities   (goal 0)")
        click.echo(f"  called nearly right           {found.imprecise}")
        click.echo(f"  left out: a rounding gives it {found.by_rounding}\n")
        for line in found.examples[:20] if examples else ():
            click.echo(f"    {line}")


def wrong(seed: int, count: int, examples: bool) -> None:
    """Print the mistakes that are accepted, by us and by other rules, and how the others are named."""
    for decimals, wide in ((None, False), (2, False), (3, False), (4, False), (None, True)):
        kind = "batches, optimizers, conventions too" if wide else "plain networks"
        found = measure.wrong_accepted(seed, count, decimals, wide=wide)
        click.echo(f"Mistakes ({_asked(decimals)}, {kind}): {found.accepted.total}")
        click.echo(f"  accepted                      {found.accepted.percent:6.2f} %")
        click.echo(f"  accepted beyond the bound     {found.beyond.percent:6.2f} %   (goal 0)")
        for rule, share in found.others.items():
            click.echo(f"  accepted by {rule:24}{share.percent:6.2f} %")
        click.echo(f"  named first                   {found.first.percent:6.2f} %")
        click.echo(f"  … or one of the same number   {found.first_or_same.percent:6.2f} %   (goal {FIRST})")
        click.echo(f"  … or of the same digits       {found.same_digits.percent:6.2f} %")
        click.echo(f"  named among the first two     {found.among_two.percent:6.2f} %")
        click.echo(f"  … or one of the same number   {found.among_or_same.percent:6.2f} %   (goal {AMONG_TWO})\n")
        if examples:
            for (made, named), times_ in found.confused.most_common(12):
                click.echo(f"    {made} taken for {named}: {times_}")
            for name, times_ in found.accepted_ids.most_common(8):
                click.echo(f"    {name} accepted: {times_} of {found.drawn_ids[name]}")


def follows(seed: int, count: int) -> None:
    """Print how right work after a mistake is marked."""
    for decimals in (None, 3, 4):
        consistent, blamed = measure.follows(seed, count, decimals)
        click.echo(f"Right work after a mistake ({_asked(decimals)})")
        click.echo(f"  called consistent             {consistent}   (goal {CONSISTENT})")
        click.echo(f"  the mistake's place blamed    {blamed}")
        found = earlier.earlier_mistakes(seed, count, decimals)
        click.echo(f"  not typed: named first        {found.first}")
        click.echo(f"    … or one of the same number {found.first_or_same}   (goal {EARLIER:g})")
        click.echo(f"    … or of the same digits     {found.same_digits}")
        click.echo(f"    named among the first two   {found.among_two}")
        click.echo(f"    not named                   {found.nothing}")
        click.echo(f"    (the same number as a mistake of the last step: {found.of_this_step} more)")


def ambiguous(seed: int, count: int) -> None:
    """Print how far the number alone can tell which mistake was made at an earlier step."""
    found = ambiguity.ambiguity(seed, count, None)
    best = 100 * sum(found.possible) / len(found.possible)
    click.echo("A mistake at a step that was not typed (default decimals)")
    click.echo(f"  no other has the same digits  {found.alone}")
    click.echo(f"    named first                 {found.named_alone}")
    click.echo(f"  named first, of all           {found.named}")
    click.echo(f"    knowing how they are drawn  {best:6.2f} %")


def air(seed: int, count: int) -> None:
    """Print how random numbers are marked."""
    for decimals in (None, 3, 4):
        accepted, named = measure.random_numbers(seed, 5 * count, decimals)
        click.echo(f"Random numbers ({_asked(decimals)})")
        click.echo(f"  called correct or consistent  {accepted}")
        click.echo(f"  given a mistake's name        {named}")
        for value, share in measure.trivial_sheets(seed, max(10, count // 10), decimals).items():
            click.echo(f"  sheets full of {value:4} follows  {share}")


def times(seed: int, count: int) -> None:
    """Print how long a verdict with its diagnosis takes."""
    click.echo(f"A verdict on 5-4-3-2 networks, ms of CPU time (goal: p95 below {FAST:g})")
    for kind, taken in measure.times(seed, 10 * count):
        click.echo(
            f"  {kind:20} p50 {median(taken):6.2f}   p95 {quantiles(taken, n=20)[-1]:6.2f}   max {max(taken):6.2f}"
        )
    click.echo(f"  SymPy imported: {'sympy' in sys.modules}")


def hostile(seed: int, count: int) -> None:
    """Print the longest time that reading takes."""
    read, worst, culprit = reading.slowest(seed, count)
    shown = culprit[:30].encode("unicode_escape").decode()
    click.echo(f"Hostile texts: {read} read, the slowest {worst:.1f} ms (goal: below {reading.LIMIT_MS:g}): {shown!r}")


if __name__ == "__main__":
    main()
