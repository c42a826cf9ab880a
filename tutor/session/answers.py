"""Convert answers to the text that is stored and back, and to text that a person can read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tutor.cleaning import from_json, whole
from tutor.session.model import Answer, Field, FieldKind


def to_text(answer: Answer) -> str:
    """Return the text under which an answer is stored: as typed, or a JSON list."""
    return whole(answer if isinstance(answer, str) else json.dumps(list(answer), ensure_ascii=False))


def from_text(kind: FieldKind, text: str) -> Answer:
    """Return the answer that a stored text holds. Text that is not valid for this kind is returned unchanged."""
    if not kind.is_list:
        return text
    try:
        parts = from_json(text) if text else []
    except ValueError:
        return text
    return tuple(str(part) for part in parts) if isinstance(parts, list) else text


def readable_alone(text: str) -> str:
    """Return a stored answer as readable text when its question is not known: the parts of a list side by side."""
    parts = from_text(FieldKind.GRID, text) if text.startswith("[") else text
    return parts if isinstance(parts, str) else "  ".join(parts)


def is_blank(answer: Answer) -> bool:
    """Return whether there is nothing to mark."""
    return not answer.strip() if isinstance(answer, str) else not any(part.strip() for part in answer)


def readable(field: Field, answer: Answer) -> str:
    """Return an answer as a person would write it: options as their texts, a grid row by row."""
    if isinstance(answer, str):
        return answer
    if field.options:
        texts: Mapping[str, str] = {option.key: option.text for option in field.options}
        joint = " → " if field.kind is FieldKind.ORDER else "; "
        return joint.join(texts.get(key, key) for key in answer)
    if field.kind is FieldKind.GRID and len(field.shape) == 2:
        width = field.columns
        return "; ".join("  ".join(answer[start : start + width]) for start in range(0, len(answer), width))
    return "  ".join(answer)
