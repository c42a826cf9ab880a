"""Check plain data against the format's models, and note every unknown key, missing key and wrong type with its
place."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tutor.lessons.field_types import NotColumnsError, describe
from tutor.lessons.models import BLOCKS, LessonFile, NetworkFile, ScreenFile, WorksheetFile
from tutor.lessons.problems import MOST_GATHERED, ProblemList
from tutor.lessons.yaml.document import Document, Path_

M = TypeVar("M", bound=BaseModel)

Place = Callable[[tuple[str | int, ...]], Path_]

_TRIED = {
    "prompt": "question text", "within": "tolerance", "options": "choices answers", "hints": "hint",
    "explain": "explanation", "why": "feedback reason", "bias": "biases bias_names",
    "target": "targets output outputs y", "inputs": "input x", "optimizer: {sgd: {lr: …}}": "learning_rate lr",
    "loss": "loss_function cost criterion", "activation": "activation_function", "language": "lang",
    "licence": "license", "authors": "author", "title": "name", "minutes": "duration time",
    "requires": "prerequisites", "starter": "code", "checks": "tests", "tutor": "version", "decimals": "precision",
    "steps": "formulas",
}  # fmt: skip
"""The names of keys, each with the other names that authors try for it."""

SYNONYMS = {word: key for key, words in _TRIED.items() for word in words.split()}

#: Keys that can be left out when the rest of a block is judged.
_OMITTABLE = frozenset(
    {"decimals", "figures", "reveal", "hints", "explain", "prompt", "mistakes", "unit", "caption", "shuffle", "show"}
)

#: Lists of mappings. A mapping in place of one is a list without dashes, not a text with a colon.
_OF_MAPPINGS = frozenset({"screens", "blocks", "layers", "options", "checks"})


class Checker:
    """Checks parts of one document and collects the problems."""

    def __init__(self, document: Document, files: set[Path] | None = None) -> None:
        """``files`` collects every other file that the lesson depends on, so that changes in them are noticed."""
        self.document = document
        self.files: set[Path] = set() if files is None else files
        self.problems = ProblemList(document.problems, document.problems.more)
        #: Wrong keys that hide other problems, with the right spelling, or None to leave them out.
        self.respelt: dict[Path_, str | None] = {}

    def add(self, path: Path_, message: str, *, at_key: bool = False, offset: int | None = None) -> None:
        """Note a problem at a path of the document."""
        self.problems.add(self.document.problem(path, message, at_key=at_key, offset=offset))

    def model(self, model: type[M], data: object, base: Path_, place: Place | None = None) -> M | None:
        """Return data as a model, or None with its problems noted. ``place`` maps a location in the data to a path in
        the document."""
        where = place or (lambda location: (*base, *location))
        if not isinstance(data, dict):
            self.add(base, f"Write a mapping (key: value) here, not {describe(data)}.")
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            found = [typing.cast("Mapping[str, Any]", each) for each in error.errors(include_url=False)]
            unknown = [each["loc"] for each in found if each["type"] == "extra_forbidden"][:MOST_GATHERED]
            meant = {
                (*place[:-1], nearest(str(place[-1]), field_names(model_at(model, place[:-1])))) for place in unknown
            }
            for each in found:
                if self.problems.is_full:
                    self.problems.more += 1
                    continue
                # a key that is missing because it is misspelt is reported once, where it is misspelt
                if each["type"] != "missing" or each["loc"] not in meant:
                    self._explain(model, each, where)
            return None

    def _explain(self, root: type[BaseModel], error: Mapping[str, Any], where: Place) -> None:
        location = tuple(error["loc"])
        path = where(location)
        kind, value = error["type"], error.get("input")
        if len(location) == 1 and location[0] in _OMITTABLE:
            self.respelt[path] = None
        if kind == "extra_forbidden":
            self._unknown_key(model_at(root, location[:-1]), str(location[-1]), value, path)
        elif kind == "missing":
            parent = where(location[:-1]) if len(location) > 1 else where(())
            self.add(parent, f"'{location[-1]}' is missing here.")
        elif kind == "value_error":
            raised = error["ctx"]["error"]
            trap = "" if isinstance(raised, NotColumnsError) else self._colon_trap(value, path)
            self.add(path, f"{raised}{trap}")
        elif kind == "too_short":
            least = error["ctx"]["min_length"]
            if isinstance(value, list | tuple) and len(value) >= least:
                return  # there are enough, and each that is invalid is reported by itself
            self.add(path, f"At least {least} {'is' if least == 1 else 'are'} needed here.")
        elif kind == "too_long":
            most = error["ctx"]["max_length"]
            there = f"there are {len(value):,}" if isinstance(value, list | tuple) else "there are more"
            self.add(path, f"At most {most:,} are allowed here; {there}.")
        elif kind in ("tuple_type", "list_type"):
            dashes = " Begin each of its members with '- '." if isinstance(value, dict) else ""
            trap = dashes if location[-1] in _OF_MAPPINGS else self._colon_trap(value, path) or dashes
            self.add(path, f"Write a list here, not {describe(value)}.{trap}")
        elif kind == "model_type" and "options" in location[:-1]:
            self.add(path, f"An option is written {{text: …, why: …}}, not {describe(value)}.")
        elif kind in ("model_type", "dict_type", "model_attributes_type"):
            self.add(path, f"Write a mapping (key: value) here, not {describe(value)}.")
        else:
            self.add(path, f"{error['msg']}.")

    def _unknown_key(self, model: type[BaseModel], key: str, value: object, path: Path_) -> None:
        message = f"There is no key '{key}' here"
        known = field_names(model)
        meant = nearest(key, known)
        self.respelt[path] = meant if meant in known else None
        if meant:
            message += f"; did you mean '{meant}'?"
        elif isinstance(value, str) and (" " in key or key[:1].isupper()):
            message += "; if this is a text with a colon in it, put it in single quotes: '…'."
        elif owners := [kind for kind, block in BLOCKS.items() if key in field_names(block)][:3]:
            message += f"; it belongs to {' and '.join(owners)}."
        elif key in field_names(ScreenFile):
            message += "; it belongs to a screen: look at the indentation."
        elif key in field_names(LessonFile):
            message += "; it belongs at the top of the lesson."
        elif key in field_names(NetworkFile) or key in field_names(WorksheetFile):
            message += "; it belongs to a network or worksheet."
        else:
            message += f". Keys here: {', '.join(known)}."
        self.add(path, message, at_key=True)

    def _colon_trap(self, value: object, path: Path_) -> str:
        """Return advice if a text with a colon and a space was probably read as a mapping."""
        node = self.document.nodes.get(path)
        if isinstance(value, dict) and len(value) == 1 and node is not None and not node.is_flow:
            return " A colon and a space make a key; if this is a text, put it in single quotes: '…'."
        if isinstance(value, dict | list) and node is not None and node.is_flow:
            return " If this is a text, put it in single quotes: '…'."
        return ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is spelt similarly, or that a synonym stands for; or None."""
    words = list(known)
    # in a short word, two swapped letters already cost a third of the similarity
    near = difflib.get_close_matches(word.lower(), words, 1, 0.6 if len(word) <= 4 else 0.72)
    if near:
        return near[0]
    synonym = SYNONYMS.get(word.lower())
    return synonym if synonym is not None and synonym.split(":")[0] in words else None


def did_you_mean(word: str, known: Iterable[str], instead: str = ".") -> str:
    """Return the end of a message about an unknown word: the known one that is nearest, or ``instead``."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else instead


def field_names(model: type[BaseModel]) -> list[str]:
    """Return a model's keys as they are written in a file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(root: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model at a location in the data, for an error."""
    model = root
    for key in location:
        if isinstance(key, int):
            continue
        for name, field in model.model_fields.items():
            if (field.alias or name) == key and (inner := _model_within(field.annotation)):
                model = inner
    return model


def _model_within(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        if found := _model_within(inner):
            return found
    return None
