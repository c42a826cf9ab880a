"""The types of values that keys of a lesson take (words, lists of names, hints …), each with plain error messages.

They use validators of their own rather than pydantic unions, whose errors name types that no author has heard of.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sized
from typing import Annotated, Any

from pydantic import BaseModel as PydanticModel
from pydantic import ConfigDict, PlainValidator, WithJsonSchema

MOST_CHARACTERS = 100_000
"""The largest length of a text."""

MOST_ITEMS = 1_000
"""The largest number of texts or names in a list."""

MOST_SECONDS = 600
"""The longest ``time_limit``."""


class FileModel(PydanticModel):
    """A mapping in a lesson file. It is frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


def describe(value: object) -> str:
    """Return a description of a value, in words for an author."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping (key: value)"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int | float):
        return f"the number {written(value)[:40]}"
    return f"the text {str(value)[:40]!r}"


def written(value: object) -> str:
    """Return a scalar as it is written in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "written", value))


def _words(value: object) -> str:
    if value is None or isinstance(value, dict | list | tuple):
        raise ValueError(f"Write text here, not {describe(value)}.")
    text = written(value)
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"This text has {len(text):,} characters; a text may have {MOST_CHARACTERS:,}.")
    return text


def _limit_length(value: Sized) -> None:
    if len(value) > MOST_ITEMS:
        raise ValueError(f"There are {len(value):,} here; at most {MOST_ITEMS:,} are allowed.")


def _word_list(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        _limit_length(value)
        return tuple(_words(item) for item in value)
    return (_words(value),)


def _chains(value: object) -> tuple[Chains, ...]:
    """Return the lists of steps that keep their order. An entry may also be a list of such lists, of which one has to
    hold."""
    if not isinstance(value, list | tuple):
        raise ValueError("A list of lists is expected here, such as [[loss, backward], [backward, step]].")
    _limit_length(value)
    return tuple(_alternatives(each) for each in value)


def _alternatives(value: object) -> Chains:
    nested = isinstance(value, list | tuple) and bool(value) and all(isinstance(each, list | tuple) for each in value)
    chains = tuple(_word_list(each) for each in value) if nested else (_word_list(value),)  # type: ignore[attr-defined]
    if any(len(chain) < 2 for chain in chains):
        raise ValueError("Two steps or more are expected in each list, such as [loss, backward].")
    return chains


def _names(value: object) -> tuple[str, ...]:
    """Return the names in a list, or in one text with commas."""
    items = value if isinstance(value, list | tuple) else [value]
    names = tuple(name for item in items for name in split_names(_words(item)))
    _limit_length(names)
    return names


class NotColumnsError(ValueError):
    """Something else where the names of columns belong: its message says all that there is to do."""


def _columns(value: object) -> tuple[str, ...]:
    """Return the names of columns in a list, or in one text with commas.

    Raises:
        NotColumnsError: It holds lists or mappings, probably the numbers themselves.
    """
    items = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(item, list | tuple | dict) for item in items):
        raise NotColumnsError("Name the columns here, such as [hours, sleep]; their numbers go under 'rows'.")
    return _names(value)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in ``Z1, hidden.W[3,1]``, split at commas outside brackets."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character in "[(") - (character in "])")
        if character == "," and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.strip() for part in (*parts, current) if part.strip())


def _hints(value: object) -> tuple[str, ...] | None:
    """Return the hints, or None for ``false``."""
    if value is False:
        return None
    if value is True:
        return ()
    return _word_list(value)


def _formula(value: object) -> str:
    if value is None or isinstance(value, dict | list | bool):
        raise ValueError(f"Write a formula here, not {describe(value)}.")
    return _words(value)


def _condition(value: object) -> bool | str:
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if isinstance(value, str) and value.lower() in ("yes", "no", "on", "off", "y", "n"):
        raise ValueError(f"Write {'true' if value.lower() in ('yes', 'on', 'y') else 'false'} here, not {value}.")
    if isinstance(value, bool | str):
        return value if isinstance(value, bool) else _words(value)
    raise ValueError(f"Write true, false or a condition such as Z1 < 0 here, not {describe(value)}.")


def _whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"Write a whole number from {least} to {most} here, not {describe(value)}.")
        return int(value)

    return check


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("yes", "no", "on", "off"):
        raise ValueError(f"Write true or false here, not '{value}', which is a word in YAML 1.2.")
    raise ValueError(f"Write true or false here, not {describe(value)}.")


def _real(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"Write a number here, not {describe(value)}.")
    if abs(value) > sys.float_info.max or value != value:
        raise ValueError(f"Write a finite number here, not {written(value)[:40]}.")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_SECONDS:
        raise ValueError(f"Write a time above 0 and up to {MOST_SECONDS} seconds here, not {describe(value)}.")
    return value


def _mapping_of_words(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f"Write a mapping (name: reason) here, not {describe(value)}.")
    _limit_length(value)
    return {str(key): _words(item) for key, item in value.items()}


_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}

Words = Annotated[str, PlainValidator(_words), WithJsonSchema(_TEXT)]
_CHAIN = {"type": "array", "items": _TEXT, "minItems": 2}
Chains = tuple[tuple[str, ...], ...]
Before = Annotated[
    tuple[Chains, ...],
    PlainValidator(_chains),
    WithJsonSchema({"type": "array", "items": {"anyOf": [_CHAIN, {"type": "array", "items": _CHAIN}]}}),
]
WordList = Annotated[tuple[str, ...], PlainValidator(_word_list), WithJsonSchema(_TEXTS)]
Names = Annotated[tuple[str, ...], PlainValidator(_names), WithJsonSchema(_TEXTS)]
Columns = Annotated[tuple[str, ...], PlainValidator(_columns), WithJsonSchema(_TEXTS)]
Hints = Annotated[
    tuple[str, ...] | None, PlainValidator(_hints), WithJsonSchema({"anyOf": [{"type": "boolean"}, *_TEXTS["anyOf"]]})
]
Formula = Annotated[str, PlainValidator(_formula), WithJsonSchema({"type": ["string", "number"]})]
Condition = Annotated[bool | str, PlainValidator(_condition), WithJsonSchema({"type": ["boolean", "string"]})]
Decimals = Annotated[
    int, PlainValidator(_whole(0, 12)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 12})
]
Figures = Annotated[
    int, PlainValidator(_whole(1, 12)), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 12})
]
Count = Annotated[int, PlainValidator(_whole(1, 10_000_000)), WithJsonSchema({"type": "integer", "minimum": 1})]
Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
Real = Annotated[float, PlainValidator(_real), WithJsonSchema({"type": "number"})]
Seconds = Annotated[
    float, PlainValidator(_seconds), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MOST_SECONDS})
]
Allow = Annotated[
    dict[str, str],
    PlainValidator(_mapping_of_words),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
Anything = Annotated[object, WithJsonSchema({})]
