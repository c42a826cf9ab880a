"""Make the JSON Schema of the lesson format from the models that check a lesson.

Editors use it to complete and check lessons. The keys of a block may be beside its name or nested under it; the schema
allows both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tutor.lessons.building.ask import AskItemFile
from tutor.lessons.models import BLOCKS, LessonFile, NetworkFile, ScreenFile, WorksheetFile

Schema = dict[str, Any]

FILE_NAME = "lesson.schema.json"


def lesson_schema() -> Schema:
    """Return the schema of lesson files, and of files with a bare network or worksheet."""
    definitions: Schema = {}
    network = _reference(NetworkFile, "network", definitions)
    worksheet = _reference(WorksheetFile, "worksheet", definitions)
    _reference(AskItemFile, "ask-item", definitions)
    for kind, block in BLOCKS.items():
        _reference(block, kind, definitions)
        definitions[kind] = _either_way(kind, block, definitions[kind])
    items = {"type": "object", "additionalProperties": {"anyOf": [{"$ref": "#/$defs/ask-item"}, {"type": "null"}]}}
    names = [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    definitions["ask"]["properties"]["ask"]["anyOf"] = [*names, items]
    definitions["block"] = _any_block()
    screen = _reference(ScreenFile, "screen", definitions)
    definitions["screen"]["properties"]["blocks"] = {
        "type": "array", "minItems": 1, "items": {"$ref": "#/$defs/block"}, "description": "What is on the screen.",
    }  # fmt: skip
    lesson = _plain(LessonFile, definitions)
    several = {"type": "object", "description": "By name."}
    lesson["properties"] |= {
        "tutor": {"const": 1, "description": "The format's version."},
        "network": network,
        "networks": {**several, "additionalProperties": {"anyOf": [network, {"type": "string"}]}},
        "worksheet": worksheet,
        "worksheets": {**several, "additionalProperties": worksheet},
        "screens": {"type": "array", "minItems": 1, "items": screen},
    }
    del lesson["required"]
    models = ["network", "networks", "worksheet", "worksheets"]
    lesson["anyOf"] = [{"required": ["title", "screens"]}, *({"required": [name]} for name in models)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A lesson of the neural network tutor",
        **lesson,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """Return the schema as the text of the file that is shipped."""
    return json.dumps(lesson_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_schema(folder: Path) -> Path:
    """Write the schema into a folder and return its path."""
    path = folder / FILE_NAME
    path.write_text(schema_text(), encoding="utf-8")
    return path


def _plain(model: type[BaseModel], definitions: Schema) -> Schema:
    """Return a model's schema; those of the models inside it are added to ``definitions``."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        definitions[name] = _tidied(inner)
    tidied: Schema = _tidied(schema)
    return tidied


def _reference(model: type[BaseModel], name: str, definitions: Schema) -> Schema:
    definitions[name] = _plain(model, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _tidied(schema: Any) -> Any:
    """Return a schema without pydantic's titles and defaults, which mean nothing to an author."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            cleaned[key] = {name: _tidied(inner) for name, inner in value.items()}
        elif key not in ("title", "default"):
            cleaned[key] = _tidied(value)
    options = cleaned.get("anyOf", [])
    if {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del cleaned["anyOf"]
        cleaned = {**cleaned, **(rest[0] if len(rest) == 1 else {"anyOf": rest})}
    return cleaned


def _either_way(kind: str, block: Any, schema: Schema) -> Schema:
    """Return the schema of a block whose keys may be beside its name or nested under it."""
    main = schema["properties"][kind]
    if kind == "ask":
        schema["required"] = [kind]
        return schema
    names = block.nested or ("of",)
    inner = {name: value for name, value in schema["properties"].items() if name != kind}
    nested = {"type": "object", "additionalProperties": False, "properties": {**inner, **dict.fromkeys(names, main)}}
    empty = [{"type": "null"}] if block.may_be_empty else []
    own = {key: value for key, value in main.items() if key != "description"}
    either: Schema = {"anyOf": [own, nested, *empty]}
    if "description" in main:
        either["description"] = main["description"]
    beside = {"required": schema["required"], "properties": {kind: own}} if "required" in schema else {}
    under = {"required": [kind], "properties": {kind: {"type": "object"}}}
    whole = {**schema, "properties": {**schema["properties"], kind: either}, "required": [kind]}
    return {**whole, "anyOf": [beside, under]} if beside else whole


def _any_block() -> Schema:
    """Return the schema of a block of any kind."""
    return {
        "type": ["object", "string"],
        "description": f"A block: its name ({', '.join(BLOCKS)}) with its value.",
        "oneOf": [
            {"enum": [kind for kind, block in BLOCKS.items() if block.stands_alone]},
            *({"$ref": f"#/$defs/{kind}"} for kind in BLOCKS),
        ],
    }
