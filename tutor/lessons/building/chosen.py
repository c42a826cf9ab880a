"""Questions that are answered by choosing, ordering, filling in or writing."""

from __future__ import annotations

from typing import Any

from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.building.work import Work
from tutor.lessons.yaml.document import Path_


class Chosen(Work):
    """Choices, orders, gaps, free text and programs."""

    def choose(self, common: dict[str, Any]) -> tuple[made.Choose | None, str]:
        """One or several of some options."""
        file: files.ChooseFile = self.file
        base = self.question(computed=False)
        options = tuple(self.option(each, (*self.place("options"), n)) for n, each in enumerate(file.options))
        texts = [each.text for each in file.options]
        for n, text in enumerate(texts):
            if text in texts[:n]:
                self.checker.add(
                    (*self.place("options"), n), f"The option '{text}' is there twice; no one could tell them apart."
                )
        right = sum(option.correct for option in options)
        # a condition that could not be worked out has been told
        unsettled = any(
            isinstance(each.correct, str) and option.condition is None
            for each, option in zip(file.options, options, strict=True)
        )
        if right == 0 and not unsettled:
            message = "No option is correct; write correct: true (or a condition such as Z1 < 0) beside one."
            self.checker.add(self.place("options"), message, at_key=True)
        if file.several is False and right > 1:
            self.checker.add(self.place("several"), f"several: false, and {right} options are correct.")
        several = file.several if file.several is not None else right > 1
        return made.Choose(**common, **base, options=options, several=several, shuffle=file.shuffle), file.main

    def option(self, file: files.OptionFile, path: Path_) -> made.Option:
        """An option, right or by a condition."""
        text = self.resolver.text(file.text, self.of, (*path, "text"))
        why = self.resolver.text(file.why, self.of, (*path, "why"))
        if isinstance(file.correct, bool):
            return made.Option(text, file.correct, why)
        formula = self.resolver.condition(file.correct, self.of, (*path, "correct"))
        if formula is None:
            return made.Option(text, False, why)
        value = self.resolver.value(formula, (*path, "correct"))
        return made.Option(text, bool(value), why, formula.cells.trees[0])

    def order(self, common: dict[str, Any]) -> tuple[made.Order, str]:
        """Steps to put in order."""
        file: files.OrderFile = self.file
        groups = []
        for place, group in enumerate(file.steps):
            here = (*self.place("steps"), place)
            node = self.checker.document.nodes.get(here)
            several = node is not None and node.kind == "list"
            groups.append(
                tuple(
                    self.resolver.text(step, self.of, (*here, n) if several else here) for n, step in enumerate(group)
                )
            )
        steps = [step.source for group in groups for step in group] + list(file.extra)
        if twice := [step for n, step in enumerate(steps) if step in steps[:n]]:
            self.checker.add(
                self.place("steps"), f"The step '{twice[0]}' is there twice; no one could tell them apart."
            )
        base = self.question(computed=False)
        return made.Order(
            **common, **base, groups=tuple(groups), extra=self.one_of_each(file.extra, "extra")
        ), file.main

    def fill(self, common: dict[str, Any]) -> tuple[made.Fill, str]:
        """A text or program with gaps."""
        file: files.FillFile = self.file
        if file.language:
            text = self.resolver.code(file.main, self.of, self.place("fill"))
        else:
            text = self.words("fill", file.main)
        count = file.main.count("____")
        if count != len(file.gaps):
            gaps = f"{count} gap{'s' * (count != 1)} (____)" if count else "no gap (____, four underscores)"
            answers = "is 1 answer" if len(file.gaps) == 1 else f"are {len(file.gaps)} answers"
            self.checker.add(self.place("gaps"), f"The text has {gaps}, and there {answers}.", at_key=True)
        base = self.question(computed=False, main=False)
        first = next((line.strip() for line in file.main.splitlines() if "____" in line), file.main.strip())
        return made.Fill(**common, **base, text=text, gaps=file.gaps, language=file.language), first

    def write(self, common: dict[str, Any]) -> tuple[made.Write, str]:
        """Free text."""
        file: files.WriteFile = self.file
        return made.Write(**common, **self.question(computed=False), model=self.words("model", file.model)), file.main

    def lab(self, common: dict[str, Any]) -> tuple[made.Lab, str]:
        """A program to write."""
        from tutor.lessons.checks import LabChecks

        file: files.LabFile = self.file
        checks = LabChecks(self.checker, self.resolver, self.of, self.settings.decimals, self.place)
        built = tuple(checks.check(each, (*self.place("checks"), n)) for n, each in enumerate(file.checks))
        solution = self.resolver.code(file.solution, self.of, self.place("solution")) if file.solution else None
        wrong = tuple(one for n, each in enumerate(file.wrong) if (one := checks.wrong(each, n, file, built)))
        return made.Lab(
            **common,
            **self.question(computed=False),
            starter=self.resolver.code(file.starter, self.of, self.place("starter")),
            checks=tuple(one for one in built if one),
            solution=solution,
            wrong=wrong,
            files=self.paths(file.files, "files") or self.lesson_files,
            time_limit=float(file.time_limit or 10.0),
            decimals=self.settings.decimals,
        ), file.main
