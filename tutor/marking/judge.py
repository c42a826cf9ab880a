"""Judge one number by what rounding can do, from the true values and from the learner's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tutor.marking.budget import Budget
from tutor.marking.case import AnswerCase
from tutor.marking.diagnosis import Diagnosis
from tutor.marking.judgement import TRIVIAL, Judgement, Tier
from tutor.marking.mark import AuthorMistake, Typed, Verdict
from tutor.marking.state import MarkingState

TypedBySlot = Mapping[int, Typed]


class Judge:
    """Judges numbers of one graph, and keeps what it finds out about earlier answers for later ones.

    ``state`` is what marking shares for the graph, ``diagnosis`` the search for mistakes, ``budget`` its present limit.
    """

    def __init__(self, state: MarkingState) -> None:
        self.state = state
        self._program = state.program
        self.diagnosis = Diagnosis(state)
        self.budget = Budget()
        self._right: dict[tuple[int, float, int], bool] = {}
        self._judged: dict[object, Judgement] = {}
        self._hasty: dict[object, Judgement] = {}  # those for which there was no time left, kept for one answer

    def judge(
        self,
        slot: int,
        typed: Typed,
        decimals: int,
        own: TypedBySlot,
        *,
        author: Sequence[AuthorMistake] = (),
        is_new: bool = False,
        deep: bool = True,
    ) -> Judgement:
        """Return the judgement of ``typed`` at a node asked for to ``decimals``; ``own`` are the learner's other
        answers.

        ``is_new`` says that the answer has a number that the learner has not typed for an earlier quantity. With
        ``deep``, look for earlier mistakes and pairs of mistakes if nothing nearer explains a wrong answer.
        """
        earlier = {each: own[each] for each in self._program.ancestors(slot) if each in own and each != slot}
        key = (slot, typed, decimals, tuple(earlier.items()), tuple(author), is_new, deep)
        found = self._judged.get(key) or self._hasty.get(key)
        if found is None:
            if len(self._judged) > 5000:
                self._judged.clear()
            found = AnswerCase(self, slot, typed, decimals, earlier, own, author, is_new, deep).verdict()
            # with more time the search may find a mistake
            (self._hasty if self.budget.is_spent else self._judged)[key] = found
        return found

    @contextmanager
    def within(self, budget: Budget) -> Iterator[None]:
        """Search for mistakes only as long as ``budget`` lasts."""
        before, self.budget = self.budget, budget
        try:
            yield
        finally:
            self.budget = before
            self._hasty.clear()

    def forget(self) -> None:
        """Drop all cached verdicts."""
        self._judged.clear()
        self._hasty.clear()
        self._right.clear()

    # -- earlier answers --------------------------------------------------------------------------------------------

    def is_right(self, slot: int, typed: Typed, own: TypedBySlot) -> bool:
        """Return whether an earlier answer is right, by itself or given the answers before it."""
        asked = self.asked(slot, typed)
        key = (slot, typed.value, asked)
        found = self._right.get(key)
        if found is None:
            found = self._right[key] = self._right_by_itself(slot, typed, asked)
        return found or self.judge(slot, typed, asked, own, deep=False).verdict is Verdict.CORRECT

    def asked(self, slot: int, typed: Typed) -> int:
        """Return the decimals that an earlier answer was asked for."""
        if typed.asked is not None:
            return typed.asked
        asked = self.state.asked(slot)
        return asked if asked is not None else self.state.default(slot)

    def _right_by_itself(self, slot: int, typed: Typed, asked: int) -> bool:
        if self._program.is_given[slot]:
            return True
        return self.judge(slot, typed, asked, {}, deep=False).verdict is Verdict.CORRECT

    def usable(
        self, earlier: TypedBySlot, own: TypedBySlot
    ) -> tuple[dict[int, Typed], tuple[int, ...], tuple[int, ...]]:
        """Return the earlier answers to follow through, the slots of the wrong ones among them, and those of the wrong
        ones that were left out.

        Some wrong answers are left out, so that typing one number everywhere does not make later answers consistent:
        a number already typed wrongly elsewhere that nothing explains, and a 0 or ±1 that does not follow from others,
        except the first one that a mistake explains and those in an array of different numbers.
        """
        put_in: dict[int, Typed] = {}
        bad: list[int] = []
        left_out: list[int] = []
        seen: set[float] = set()
        for slot, typed in earlier.items():
            if self.is_right(slot, typed, earlier):
                put_in[slot] = typed
                continue
            trivial = typed.value in TRIVIAL or typed.value in seen
            is_used = (
                not trivial
                or self._is_explained(slot, typed, earlier, own, again=typed.value in seen)
                or self._is_among_others(slot, own)
            )
            seen.add(typed.value)
            if not is_used:
                left_out.append(slot)
                continue
            put_in[slot] = typed
            bad.append(slot)
        return put_in, tuple(bad), tuple(left_out)

    def earlier_judgement(self, slot: int, earlier: TypedBySlot, own: TypedBySlot) -> Judgement:
        """Return the judgement of an earlier answer, without a search for mistakes before it."""
        typed = own[slot]
        cells = {slot, *(cell for array in self.state.arrays_with[slot] for cell in array if cell in own)}
        before = {each.value for other, each in own.items() if other < min(cells)}
        is_new = any(own[cell].value not in before for cell in cells)
        return self.judge(slot, typed, self.asked(slot, typed), earlier, is_new=is_new, deep=False)

    def _is_explained(self, slot: int, typed: Typed, earlier: TypedBySlot, own: TypedBySlot, *, again: bool) -> bool:
        judgement = self.earlier_judgement(slot, earlier, own)
        if judgement.verdict is Verdict.FOLLOWS:
            return True
        if typed.value in TRIVIAL:
            surest = Tier.WRITING if typed.value else Tier.EXACT
            return not again and any(found.tier <= surest for found in judgement.found)
        return bool(judgement.found)

    def _is_among_others(self, slot: int, own: TypedBySlot) -> bool:
        """Return whether an array that contains a node is not one number typed everywhere: it has two different numbers
        besides 0 and ±1, or one mistake explains its different numbers."""
        for cells in self.state.arrays_with[slot]:
            typed = {cell: own[cell] for cell in cells if cell in own}
            numbers = {each.value for each in typed.values()}
            if len(numbers.difference(TRIVIAL)) > 1 or (len(numbers) > 1 and self._share_a_mistake(typed, own)):
                return True
        return False

    def _share_a_mistake(self, typed: TypedBySlot, own: TypedBySlot) -> bool:
        wrong = {cell: each for cell, each in typed.items() if not self.is_right(cell, each, own)}
        found = [self.judge(cell, each, self.asked(cell, each), own, deep=False) for cell, each in wrong.items()]
        return bool(set.intersection(*({each.mistaken.id for each in judgement.every} for judgement in found)))
