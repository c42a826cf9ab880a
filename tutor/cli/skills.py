"""``tutor skills``: show what a learner can do, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tutor.cli import options
from tutor.cli.output import say, say_json

if TYPE_CHECKING:
    from tutor.session.practice import SkillLine
    from tutor.store import EvidenceRecord

_BAR = 20


@click.command(name="skills")
@options.json("the skills")
@click.option("--check", is_flag=True, help="Show how well the predictions matched your answers so far.")
@options.learner("skills")
def command(as_json: bool, check: bool) -> None:
    """Show what you can do, by operation: weighted sums, activations, error signals, gradients, updates."""
    from tutor.session.practice import Learner
    from tutor.store import Store, default_place

    with closing(Store(default_place())) as store:
        known = Learner(store)
        if check:
            _check(known.record.predictions, as_json)
            return
        lines = known.lines()
        if as_json:
            say_json({"skills": [_data(line) for line in lines]})
            return
        if not any(line.seen for line in lines):
            say("Nothing is known yet. Answer a few questions of a lesson, and your skills will appear here.")
            return
        for line in lines:
            _print(line)


def _data(line: SkillLine) -> dict[str, object]:
    due = line.due.isoformat() if line.due is not None else None
    data = asdict(line)
    del data["before"]
    return {**data, "recall": round(line.recall, 3), "due": due, "needs": list(line.needs)}


def _print(line: SkillLine) -> None:
    filled = round(line.recall * _BAR)
    bar = "█" * filled + "·" * (_BAR - filled)
    facts = [line.state_words]
    if line.seen:
        facts.append(f"{line.right} of {line.seen} right unaided")
    if line.mistake:
        facts.append(f"most often: {line.mistake_words}")
    if line.due is not None:
        facts.append(f"due {line.due.astimezone():%d %b}")
    say(f"{line.title:<36} {bar} {line.recall:>4.0%}  {', '.join(facts)}")


def _check(predictions: Sequence[tuple[EvidenceRecord, float]], as_json: bool) -> None:
    from tutor.learning.check import Quality, quality, running_mean

    ours = quality([(observation.right, predicted) for observation, predicted in predictions])
    mean = quality(running_mean([observation for observation, _ in predictions]))
    if ours is None or mean is None:
        say("There are no answers yet to check the predictions against.")
        return
    if as_json:
        say_json({"predictions": asdict(ours), "running mean": asdict(mean)})
        return

    def figures(name: str, found: Quality) -> str:
        auc = "    –" if found.auc is None else f"{found.auc:.3f}"
        return f"{name:<14} AUC {auc}  RMSE {found.rmse:.3f}"

    say(f"{ours.count} answers, each predicted before it was given:")
    say(figures("this tutor", ours))
    say(figures("a running mean", mean))
    say("Predicted probability of a right answer, and the share that was right:")
    for count, predicted, right in ours.calibration:
        say(f"  {predicted:>4.0%} predicted   {right:>4.0%} right   ({count} answers)")
