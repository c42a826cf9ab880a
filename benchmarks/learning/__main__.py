"""``python -m benchmarks.learning``: questions until mastery, predictions, favourite mistakes, time for a choice."""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.learning.learners import GAIN, GAIN_WORKED, SimulatedLearner, marked
from tutor.learning.check import auc, quality, running_mean
from tutor.learning.choice import Choice, Form, choose
from tutor.learning.evidence import Answered, observe
from tutor.learning.index import LessonSkills, Practisable, SkillIndex, load_index
from tutor.learning.record import LearnerRecord
from tutor.learning.skills import skill_of
from tutor.lessons import Lesson, load
from tutor.marking import Marker
from tutor.network import Graph
from tutor.paths import shipped_lessons
from tutor.practice import vary
from tutor.store import EvidenceRecord

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
#: The operations of lessons 1 to 5 are to be mastered.
LESSONS = 5
#: Questions in a day; the next day begins after them.
DAY = 30
MOST = 2000
VARIANTS = 12
Next = Callable[[LearnerRecord, list[Choice]], Choice]


class Course:
    """The lessons and their skills, with a few variants of each and their markers."""

    def __init__(self) -> None:
        files = sorted(shipped_lessons().glob("0[1-5]-*.yaml"))
        whole = load_index(files)
        # one operation per question, and only questions about numbers, which a simulated learner can answer
        self.index = SkillIndex(
            replace(
                found,
                items=tuple(replace(item, skills=item.skills[:1]) for item in found.items if item.quantity),
            )
            for found in whole.lessons.values()
        )
        self.lessons = {lesson: load(found.path) for lesson, found in self.index.lessons.items()}
        self.skills = self.index.in_order()
        self.items = [
            (lesson, item, item.skills[0]) for lesson, found in self.index.lessons.items() for item in found.items
        ]
        self._varied: dict[tuple[str, int], Lesson] = {}
        self._markers: dict[tuple[str, int, str], tuple[Graph, Marker]] = {}

    def marker(self, lesson: str, number: int, of: str) -> tuple[Graph, Marker]:
        """Return the graph and the marker of one of a lesson's variants."""
        number %= VARIANTS
        key = (lesson, number, of)
        if key not in self._markers:
            if (lesson, number) not in self._varied:
                self._varied[lesson, number] = vary(self.lessons[lesson], f"practice-{number}")
            graph = self._varied[lesson, number].graph(of)
            self._markers[key] = (graph, Marker(graph))
        return self._markers[key]


def chosen(course: Course) -> Next:
    """Choose questions as the tutor does."""
    opened = set(course.lessons)

    def next_question(record: LearnerRecord, asked: list[Choice]) -> Choice:
        found = choose(course.index, record, opened, asked)
        if found is not None:
            return found
        lesson, item, skill = course.items[len(asked) % len(course.items)]
        return Choice(skill, lesson, item, "")

    return next_question


def in_order(course: Course) -> Next:
    """Ask in the lessons' order, and begin again after the last question."""

    def next_question(record: LearnerRecord, asked: list[Choice]) -> Choice:
        lesson, item, skill = course.items[len(asked) % len(course.items)]
        return Choice(skill, lesson, item, "")

    return next_question


def at_random(course: Course, seed: int) -> Next:
    """Ask any question."""
    rng = random.Random(seed)

    def next_question(record: LearnerRecord, asked: list[Choice]) -> Choice:
        lesson, item, skill = rng.choice(course.items)
        return Choice(skill, lesson, item, "")

    return next_question


class Simulation:
    """One learner who answers one question after another until all is mastered."""

    def __init__(self, course: Course, seed: int, following: Next) -> None:
        self.course = course
        self.learner = SimulatedLearner.drawn(seed, course.skills)
        self.following = following
        self.evidence: list[EvidenceRecord] = []
        self.asked: list[Choice] = []
        self.found_in: list[tuple[str, str]] = []
        self.record = LearnerRecord(now=START)

    def run(self, most: int = MOST) -> int:
        """Return the number of questions until every operation is truly mastered."""
        now = START
        while not self.learner.is_done(self.course.skills) and len(self.asked) < most:
            if self.asked and len(self.asked) % DAY == 0:
                now += timedelta(days=1)
                self.learner.wait(1.0)
            now += timedelta(minutes=2)
            self.record.now = now
            self._ask(self.following(self.record, self.asked), now)
        return len(self.asked)

    def study(self, *, days: int, questions: int, pause: float) -> None:
        """Answer some questions on each of some days, ``pause`` days apart."""
        now = START
        for _ in range(days):
            for _ in range(questions):
                now += timedelta(minutes=2)
                self.record.now = now
                self._ask(self.following(self.record, self.asked), now)
            now += timedelta(days=pause)
            self.learner.wait(pause)

    def _ask(self, choice: Choice, now: datetime) -> None:
        graph, marker = self.course.marker(choice.lesson, len(self.asked), choice.item.of)
        quantity = graph.quantity(choice.item.quantity)
        name = quantity.cells[len(self.asked) % len(quantity.cells)]
        typed, _ = self.learner.answer(graph, name, choice.skill)
        verdict, mistake, place = marked(marker, graph, name, typed)
        earlier = skill_of(graph, place) or "" if place and place != name and place in graph.nodes else ""
        answered = Answered(verdict, mistake, "" if earlier == choice.skill else earlier)
        seen = observe(
            choice.lesson, f"{len(self.asked)}", choice.item.field, [choice.skill], answered,
            form=choice.form.value, when=now.isoformat(),
        )  # fmt: skip
        for each in seen:
            self.record.add(each)
        self.evidence.extend(seen)
        self.learner.learn(choice.skill, GAIN_WORKED if choice.form is Form.WORKED else GAIN)
        if choice.form is Form.FIND:
            self.found_in.append((choice.skill, choice.mistake))
        self.asked.append(choice)


def bkt(observations: list[EvidenceRecord]) -> list[tuple[bool, float]]:
    """Return what Bayesian knowledge tracing (L₀ .5, learn .1, slip .1, guess .2) predicts before each answer."""
    known: dict[str, float] = {}
    found = []
    for each in observations:
        level = known.get(each.skill, 0.5)
        predicted = level * 0.9 + (1 - level) * 0.2
        found.append((each.right, predicted))
        evidence = level * 0.9 / predicted if each.right else level * 0.1 / (1 - predicted)
        known[each.skill] = evidence + (1 - evidence) * 0.1
    return found


def rmse(pairs: list[tuple[bool, float]]) -> float:
    """Return the root of the mean squared error of predictions."""
    return math.sqrt(sum((float(right) - predicted) ** 2 for right, predicted in pairs) / len(pairs))


def questions(course: Course, learners: int) -> Iterator[str]:
    """Compare three ways of choosing questions until everything is mastered."""
    counts = {"the tutor's choice": [], "the lessons' order": [], "at random": []}  # type: dict[str, list[int]]
    runs: list[Simulation] = []
    for seed in range(learners):
        ways = (chosen(course), in_order(course), at_random(course, seed))
        for name, way in zip(counts, ways, strict=True):
            simulation = Simulation(course, seed, way)
            counts[name].append(simulation.run())
            if name == "the tutor's choice":
                runs.append(simulation)
    base = statistics.mean(counts["the lessons' order"])
    for name, each in counts.items():
        mean = statistics.mean(each)
        what = f"questions until all {len(course.skills)} operations are mastered"
        yield f"{name:<20} {mean:7.1f} {what}, {mean / base:.2f} ×"
    yield from predictions(course, learners)
    yield from favourites(runs)


def predictions(course: Course, learners: int) -> Iterator[str]:
    """Compare how well models predict answers before they are given.

    The questions are random, on ten days three days apart, so that the choice of questions favours no model.
    """
    runs = []
    for seed in range(learners):
        simulation = Simulation(course, seed, at_random(course, seed))
        simulation.study(days=10, questions=15, pause=3)
        runs.append(simulation)
    ours = [(each.right, predicted) for run in runs for each, predicted in run.record.predictions]
    mean = [pair for run in runs for pair in running_mean(run.evidence)]
    traced = [pair for run in runs for pair in bkt(run.evidence)]
    for name, pairs in (("this model", ours), ("a running mean", mean), ("BKT .5 .1 .1 .2", traced)):
        yield f"{name:<20} RMSE {rmse(pairs):.3f}, AUC {auc(pairs) or 0:.3f} ({len(pairs)} answers)"
    ours_quality = quality(ours)
    assert ours_quality is not None
    for count, predicted, right in ours_quality.calibration:
        yield f"{'':<20} {predicted:.0%} predicted, {right:.0%} right ({count} answers)"


def favourites(runs: list[Simulation]) -> Iterator[str]:
    """Count, skill by skill, how often a favourite mistake is among the first three that a learner is asked to find."""
    hits = total = 0
    for run in runs:
        for skill, favourite in run.learner.favourites.items():
            made = [each.mistake for each in run.evidence if each.skill == skill and each.mistake]
            given = [mistake for where, mistake in run.found_in if where == skill][:3]
            if given and made.count(favourite) > 1:
                total += 1
                hits += favourite in given
    yield f"a favourite mistake is among the first three to be found: {hits} of {total}"


def choice_time() -> str:
    """Measure the time for a choice with 100 lessons and 10,000 answers, and for folding those answers."""
    names = [f"skill-{number}" for number in range(30)]
    lessons = [
        LessonSkills(
            f"lesson-{lesson}", "", "",
            tuple(Practisable(f"net:{lesson}-{number}", (names[number],), "net", f"q{number}") for number in range(30)),
            {name: tuple(names[max(0, place - 1) : place]) for place, name in enumerate(names)},
        )
        for lesson in range(100)
    ]  # fmt: skip
    index = SkillIndex(lessons)
    rng = random.Random(1)
    evidence = [
        EvidenceRecord(
            f"lesson-{rng.randrange(100)}", str(number), f"net:q{number % 30}", names[number % 30], rng.random() < 0.8,
            when=(START + timedelta(minutes=number)).isoformat(),
        )
        for number in range(10_000)
    ]  # fmt: skip
    begun = time.perf_counter()
    record = LearnerRecord(evidence, now=START + timedelta(days=8))
    folded = time.perf_counter() - begun
    opened = set(index.lessons)
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        choose(index, record, opened)
        times.append(time.perf_counter() - begun)
    chosen_in = statistics.median(times) * 1e3
    return f"a choice with 100 lessons and 10,000 answers: {chosen_in:.1f} ms (folding: {folded:.2f} s)"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=40)
    given = parser.parse_args()
    for line in questions(Course(), given.learners):
        print(line)
    print(choice_time())


if __name__ == "__main__":
    main()
