"""Mark many hand-ins, each with different numbers, against reading the lesson again for each.

python -m benchmarks.bulk [FILE]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tutor.classroom.replay import with_graphs
from tutor.lessons import load_source
from tutor.network import HIDDEN_KINDS, Graph
from tutor.practice import Variants, vary
from tutor.session.batch import Batch, Given, read_answers

HAND_INS = 60


def answers(graph: Graph) -> tuple[Given, ...]:
    """Return a whole sheet of answers, every fifth one wrong."""
    asked = [name for name, node in graph.nodes.items() if node.formula is not None and node.kind not in HIDDEN_KINDS]
    asked = [name for name in asked if graph.nodes[name].step == 1 and "/dZ" not in name]
    return read_answers(
        [
            {"quantity": name, "answer": f"{graph.values[name] * (1 if place % 5 else -1.37):.4f}"}
            for place, name in enumerate(asked)
        ]
    )


def seconds(work: Callable[[int], object], count: int) -> float:
    """Return the CPU seconds for one of ``count`` calls of ``work``."""
    began = time.process_time()
    for place in range(count):
        work(place)
    return (time.process_time() - began) / count


def main() -> None:
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "lessons/networks/lab2.yaml")
    lesson = load_source(path)
    variants = Variants(lesson)
    (name, *_) = lesson.parts

    def mark(learner: str, answers: tuple[Given, ...]) -> object:
        return Batch(with_graphs(lesson, variants.graphs(learner), learner), of=name).mark(answers)

    sheets = [answers(variants.graphs(f"learner-{place}")[name]) for place in range(HAND_INS)]
    mark("warm", sheets[0])
    drawn = seconds(lambda place: variants.graphs(f"learner-{place}"), HAND_INS)
    one = seconds(lambda place: mark(f"learner-{place}", sheets[place][:1]), HAND_INS)
    bulk = seconds(lambda place: mark(f"learner-{place}", sheets[place]), HAND_INS)
    again = seconds(
        lambda place: Batch(vary(load_source(path), f"learner-{place}"), of=name).mark(sheets[place]), HAND_INS // 6
    )
    print(f"{path}, {len(sheets[0])} answers a hand-in, a fifth of them wrong")
    print(f"a variant's numbers: {drawn * 1000:.1f} ms; with one answer marked: {one * 1000:.1f} ms")
    print(f"a hand-in in bulk: {bulk * 1000:.1f} ms, {1 / bulk:.0f} a second on one core")
    print(f"the same with the lesson read again for each: {again * 1000:.1f} ms, {again / bulk:.1f} times as long")


if __name__ == "__main__":
    main()
