"""Short codes on printed sheets, in letters and digits that are not easily confused.

The code of a sheet, such as ``BQX-7M2R-K4``, is the id of its variant, so the numbers can be made again from it. The
first three characters identify the lesson, the next four the sheet, and the last two are a check over both and over the
lesson's numbers: it detects a mistyped code, and a lesson whose numbers were changed after the sheet was printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from tutor.classroom.roster import folded
from tutor.errors import TutorError
from tutor.lessons import Catalogue, Lesson, load
from tutor.lessons.cache import content_hash
from tutor.lessons.catalogue import lesson_folders
from tutor.practice import GENERATOR, Variants

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_TAG, _NAME, _CHECK = 3, 4, 2
_CODE = re.compile(rf"([{LETTERS}]{{{_TAG}}})-([{LETTERS}]{{{_NAME}}})-([{LETTERS}]{{{_CHECK}}})")


class CodeError(TutorError):
    """A code that does not lead to a lesson's numbers."""

    title = "This code gives no numbers"


def is_code(text: str) -> bool:
    """Return whether a text has the form of a sheet's code."""
    return _CODE.fullmatch(text.strip().upper()) is not None


def code_of(learner: str, lesson: Lesson) -> str:
    """Return the code of a learner's sheet, which identifies its numbers and reveals nothing about the learner."""
    name = _letters(f"{lesson.id}\0{folded(learner)}", _NAME)
    return _written(name, lesson)


def sheet_of(code: str, variants: Variants) -> Lesson:
    """Return the lesson with a code's numbers, and the code as its variant."""
    return replace(variants.lesson(code), variant=code)


def with_numbers_of(code: str, lesson: Lesson) -> Lesson:
    """Return the lesson with the numbers of a sheet.

    Raises:
        CodeError: the code is mistyped or belongs to another lesson, or the lesson's numbers were changed.
    """
    made = _fitting(code.strip().upper(), lesson)
    if made is None:
        raise CodeError(
            f"{code} does not fit {lesson.path}.",
            hint="The code may be mistyped or belong to another lesson. If the lesson's numbers were changed after the "
            "sheet was printed, `tutor key` needs the lesson as it was.",
        )
    return made


def lesson_of(code: str, folder: Path) -> Lesson:
    """Return the lesson with the numbers of a sheet.

    It searches a folder, the course's lessons, those of ``TUTOR_LESSONS``, and the packs that Home shows.

    Raises:
        CodeError: none of these lessons fits the code, or several do.
    """
    code = code.strip().upper()
    seen: dict[str, Path] = {}
    found: dict[str, Lesson] = {}
    for path in _candidates(code, folder):
        try:
            lesson = load(path)
        except TutorError:
            continue
        seen[lesson.title] = path
        made = _fitting(code, lesson)
        if made is not None:
            found.setdefault(content_hash(lesson), made)
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        listed = ", ".join(str(each.path) for each in found.values())
        raise CodeError(f"Several lessons fit {code}: {listed}.", hint=f"Say which: tutor key FILE#{code}")
    if seen:
        listed = ", ".join(f"{title} ({path})" for title, path in seen.items())
        raise CodeError(
            f"{code} does not fit {listed}.",
            hint="The code may be mistyped, or the lesson's numbers were changed after the sheet was printed.",
        )
    raise CodeError(
        f"{code} fits no lesson in {folder}, in the course or among the lessons that Home shows.",
        hint=f"Check the code, or name the lesson's file: tutor key FILE#{code}",
    )


def _candidates(code: str, folder: Path) -> Iterator[Path]:
    """Yield the files of lessons whose id gives the first characters of the code."""
    catalogue = Catalogue((folder, *lesson_folders()), glimpse=True)
    yield from dict.fromkeys(each.path.resolve() for each in catalogue.files if _letters(each.id, _TAG) == code[:_TAG])


def _fitting(code: str, lesson: Lesson) -> Lesson | None:
    """Return the lesson with a code's numbers, or None if the code does not fit this lesson in its current form."""
    parts = _CODE.fullmatch(code)
    return sheet_of(code, Variants(lesson)) if parts is not None and _written(parts[2], lesson) == code else None


def _written(name: str, lesson: Lesson) -> str:
    """Return the whole code of a sheet; its last characters change with any number of the lesson."""
    values = (
        f"{part} {node} {value:.9g}"
        for part, model in sorted(lesson.parts.items())
        for node, value in sorted(model.graph.values.items())
    )
    check = _letters("\n".join((name, lesson.id, str(GENERATOR), *values)), _CHECK)
    return f"{_letters(lesson.id, _TAG)}-{name}-{check}"


def _letters(text: str, count: int) -> str:
    """Return ``count`` letters that are a hash of a text."""
    number = int(sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), 16)
    found = ""
    for _ in range(count):
        number, place = divmod(number, len(LETTERS))
        found += LETTERS[place]
    return found
