"""Find one mistake made at every node: every bias left out, another activation throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.marking.graph_program import Compiled
from tutor.marking.judgement import Found, Tier
from tutor.marking.state import MarkingState
from tutor.mistakes import MISTAKES, TWICE_WRONG, MistakenFormula

if TYPE_CHECKING:
    from tutor.marking.case import AnswerCase
    from tutor.marking.follow_through import FollowThrough


#: In a larger computation (many training steps, a long batch) the search would be slow and would rarely find anything.
_MOST_NODES = 1000


class SystematicMistakes:
    """Runs the graph with one mistake at every node that can have it."""

    def __init__(self, state: MarkingState) -> None:
        self._state = state
        self._changed: dict[tuple[str, str], dict[int, tuple[MistakenFormula, Compiled]]] = {}
        self._looked_at: set[int] = set()

    def find(
        self, case: AnswerCase, following: FollowThrough | None, beside: FollowThrough | None = None
    ) -> list[Found]:
        """Return the mistakes that give the answer when made throughout.

        The learner's own numbers in ``following`` stay as typed. Those in ``beside`` are not used, but the mistake must
        give them as well.
        """
        if len(case.order) > _MOST_NODES:
            return []
        self._look_at(case)
        program = self._state.program
        typed = set(following.typed) if following is not None else set()
        base = following.runs[0] if following is not None else case.true
        found = []
        for (name, _), changed in self._changed.items():
            here = [slot for slot in case.order if slot in changed and slot not in typed]
            if len(here) < 2:
                continue
            case.judge.budget.check()
            values, formulas = list(base), list(program.formulas)
            for slot in here:
                formulas[slot] = changed[slot][1]
            program.run(values, case.order, typed, formulas=formulas)
            if beside is not None and any(
                abs(values[slot] - beside.runs[0][slot]) > room + 1e-9 for slot, room in beside.typed.items()
            ):
                continue
            value = values[case.slot]
            if case.is_exactly(value):
                mistaken = changed[here[-1]][0]
                found.append(
                    Found(MistakenFormula(name, mistaken.tree, mistaken.at, mistaken.about), Tier.EVERYWHERE, value)
                )
        return found

    def _look_at(self, case: AnswerCase) -> None:
        """Group the mistakes of new nodes by id; if a node has several of one id, keep the first."""
        for slot in case.order:
            if slot in self._looked_at:
                continue
            case.judge.budget.check()
            self._looked_at.add(slot)
            for mistaken, formula in self._state.typical(slot).formulas:
                mistake = MISTAKES.get(mistaken.id)
                if mistake is not None and mistake.systematic and mistaken.later < TWICE_WRONG:
                    self._changed.setdefault((mistaken.id, mistaken.how), {}).setdefault(slot, (mistaken, formula))
