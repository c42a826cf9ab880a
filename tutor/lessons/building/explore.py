"""Models whose given numbers the learner can turn."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import FileModel, Formula, Names, Real, Words
from tutor.lessons.models import MOST_MEMBERS, BlockFile
from tutor.lessons.yaml.document import Path_
from tutor.network import Graph

STEPS = {"steps": 0.0}
"""The names that a goal may use besides the model's quantities: ``steps`` counts the training steps taken."""


class GoalFile(FileModel):
    """A task: a condition to reach, and what to say then."""

    when: Formula = Field(description="The condition to reach: E < 0.01; steps counts the training steps.")
    say: Words = Field(description="What the learner reads then; {{steps}} and {{E}} are the numbers of that moment.")

    def build(self, work: Work, path: Path_, of: str) -> blocks.Goal | None:
        """Return the task with its names resolved, or None with the problem noted."""
        when = work.resolver.condition(self.when, of, (*path, "when"), variables=tuple(STEPS))
        say = work.resolver.text(self.say, of, (*path, "say"), variables=STEPS)
        return blocks.Goal(when.cells.trees[0], say) if when is not None else None


class ExploreFile(BlockFile):
    """A network or worksheet whose numbers the learner can turn and train."""

    kind = "explore"
    called_elsewhere = ("play", "slider", "sliders")
    nested = ("quantity", "quantities", "watch")
    main: Annotated[Names, Field(alias="explore", description="What to watch: yhat, E.")]
    turn: Annotated[
        dict[str, tuple[Real, Real]],
        Field(description="The numbers to turn, each with its range: {w21: [-1, 1]}; left out: all of them, freely."),
    ] = Field(default_factory=dict)
    goals: Annotated[tuple[GoalFile, ...], Field(max_length=MOST_MEMBERS, description="Tasks.")] = ()

    def build(self, work: Work) -> tuple[blocks.Explore | None, str]:
        """Return the block with the numbers to turn, the quantities to watch and the tasks."""
        found = work.resolver.references(self.main, work.of, work.place("explore"))
        if not found:
            return None, ""
        model = work.resolver.parts[found[0].of]
        if others := [reference for reference in found if reference.of != model.name]:
            work.note("explore", f"{others[0].name} belongs to '{others[0].of}', not {model.name}.")
        goals = [goal.build(work, (*work.place("goals"), n), model.name) for n, goal in enumerate(self.goals)]
        return blocks.Explore(
            **{**work.common, "of": model.name},
            model=model.built,
            graph=model.graph,
            watched=tuple(found),
            turn=self.turned(work, model.graph, model.name),
            goals=tuple(goal for goal in goals if goal is not None),
        ), ""

    def turned(self, work: Work, graph: Graph, of: str) -> dict[str, tuple[float, float]]:
        """Return the ranges by canonical name; a range is widened if the given number is outside it."""
        found: dict[str, tuple[float, float]] = {}
        for name, (low, high) in self.turn.items():
            here = (*work.place("turn"), name)
            for reference in work.resolver.references([name], of, here):
                if not reference.is_given or not reference.quantity.is_number:
                    work.checker.add(here, f"{name} is not a single given number, so it cannot be turned.")
                    continue
                number = reference.quantity.cells[0]
                value = graph.values[number]
                if not low < high:
                    work.checker.add(here, "A range goes from the smaller to the larger number.")
                # a variant may have a number outside the range
                found[number] = (min(float(low), value), max(float(high), value))
        return found
