"""Read a block's kind and keys, whether the keys are nested under its name or beside it."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.lessons import models as files
from tutor.lessons.building.work import Place, beside
from tutor.lessons.field_types import describe
from tutor.lessons.validate import Checker, field_names, nearest
from tutor.lessons.yaml.document import Path_


def flattened(data: object, path: Path_, checker: Checker) -> tuple[str, dict[str, object], Place] | None:
    """Return a block's kind, all its keys in one mapping, and a function that gives the path of each key; None with the
    problem noted."""
    if isinstance(data, str):
        word = data.strip()
        if word in files.BLOCKS and files.BLOCKS[word].stands_alone:
            return word, {word: None}, lambda key: path
        first, colon, rest = word.partition(":")
        if colon and first in files.BLOCKS:
            checker.add(path, f"Put a space after the colon: {first}: {rest}", offset=len(first))
            return None
        near = nearest(word.split()[0] if word.split() else "", files.BLOCKS)
        checker.add(path, f"A block is its name with a colon; did you mean '{near or 'text'}: …'?")
        return None
    if not isinstance(data, dict):
        checker.add(path, f"Write a block here, such as text: or ask:, not {describe(data)}.")
        return None
    kind = _kind(data, path, checker)
    if kind is None:
        return None
    main = data[kind]
    model = files.BLOCKS[kind]
    inner = main if isinstance(main, dict) else None
    if inner is not None and model.is_mapping and not set(inner) & set(model.nested):
        inner = None
    if inner is None:
        return kind, dict(data), beside(path)
    return _nested(kind, model, data, inner, path, checker)


def _kind(data: Mapping[str, object], path: Path_, checker: Checker) -> str | None:
    kinds = [key for key in data if key in files.BLOCKS]
    if len(kinds) > 1:
        # no kind has a key that is the name of another kind
        where = (*path, kinds[1])
        checker.add(where, f"'{kinds[1]}' begins a block of its own; write '- {kinds[1]}: …'.", at_key=True)
        return None
    if kinds:
        return kinds[0]
    first = next(iter(data), "")
    near = nearest(first, files.BLOCKS)
    if near is not None:
        checker.respelt[*path, first] = near
    else:
        near = next((kind for kind, block in files.BLOCKS.items() if first.lower() in block.called_elsewhere), None)
    if near is None:
        near = next((found for key in data if (found := nearest(key, files.BLOCKS))), None)
    meant = f"; did you mean '{near}'?" if near else f". Blocks are {', '.join(files.BLOCKS)}."
    checker.add((*path, first) if data else path, f"There is no block '{first}'{meant}", at_key=bool(data))
    return None


def _nested(
    kind: str,
    model: type[files.BlockFile],
    data: Mapping[str, object],
    inner: Mapping[str, object],
    path: Path_,
    checker: Checker,
) -> tuple[str, dict[str, object], Place]:
    """Flatten a block whose keys are nested under its name."""
    flat: dict[str, object] = {key: value for key, value in data.items() if key != kind}
    places: dict[str, Path_] = {key: (*path, key) for key in flat}
    known = field_names(model)
    for key, value in inner.items():
        name = kind if key in model.nested and (key not in known or key == kind) and kind not in flat else key
        if name in flat:
            checker.add((*path, kind, key), f"'{key}' is given twice.", at_key=True)
        flat[name] = value
        places[name] = (*path, kind, key)
    if kind not in flat:
        if "prompt" in flat and kind not in ("ask", "fill", "expression") and issubclass(model, files.QuestionFile):
            flat[kind], places[kind] = flat.pop("prompt"), places.pop("prompt")
        elif model.may_be_empty:
            flat[kind], places[kind] = None, (*path, kind)
    return kind, flat, lambda key: places.get(key, (*path, kind))
