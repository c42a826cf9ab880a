"""The JSON Schema: the shipped file is up to date, and every lesson of the course fits it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.lessons.schema import FILE_NAME, lesson_schema, schema_text
from tutor.lessons.yaml.document import read_document
from tutor.paths import shipped_lessons

LESSONS = sorted(shipped_lessons().glob("*.yaml"))


def fits(value: Any, schema: Any, whole: Any) -> bool:
    """Validate a value against the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        return fits(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    kinds = schema.get("type")
    if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "anyOf" in schema and not any(fits(value, each, whole) for each in schema["anyOf"]):
        return False
    if "oneOf" in schema and sum(fits(value, each, whole) for each in schema["oneOf"]) != 1:
        return False
    if isinstance(value, dict):
        return _object_fits(value, schema, whole)
    if isinstance(value, list):
        items = schema.get("items", {})
        return len(value) >= schema.get("minItems", 0) and all(fits(each, items, whole) for each in value)
    return True


def _object_fits(value: dict[str, Any], schema: Any, whole: Any) -> bool:
    known = schema.get("properties", {})
    if any(key not in value for key in schema.get("required", ())):
        return False
    others = schema.get("additionalProperties", True)
    for key, inner in value.items():
        if key in known:
            if not fits(inner, known[key], whole):
                return False
        elif others is False or (isinstance(others, dict) and not fits(inner, others, whole)):
            return False
    return True


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    return isinstance(value, str)


def test_the_shipped_schema_is_up_to_date() -> None:
    shipped = (shipped_lessons() / FILE_NAME).read_text(encoding="utf-8")
    assert shipped == schema_text(), "run: tutor schema > lessons/lesson.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return lesson_schema()


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_the_lessons_of_the_course_fit_the_schema(path: Path, schema: Any) -> None:
    assert fits(read_document(path).data, schema, schema)


@pytest.mark.parametrize(
    "lesson",
    [
        {"title": "x", "screens": [{"blocks": [{"aks": "Z1"}]}]},
        {"title": "x", "screens": [{"blocks": [{"ask": "Z1", "decimal": 3}]}]},
        {"title": "x", "screns": []},
        {"title": "x", "screens": [{"blocks": [{"choose": "Which?"}]}]},
        {"network": {"input": [1]}},
    ],
)
def test_misspelt_keys_do_not_fit(lesson: dict[str, Any], schema: Any) -> None:
    assert not fits(lesson, schema, schema)
