"""Write plain data as YAML that people can read: texts of several lines as literal blocks, whole numbers without a
decimal point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def to_yaml(data: Mapping[str, object]) -> str:
    """Return a mapping of plain data as YAML; tuples become lists."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """A SafeDumper that writes texts of several lines as literal blocks and indents lists under their key."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def text(dumper: Dumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    written: str = yaml.dump(
        _plain(data), Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return written


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    # PyYAML cannot represent subclasses of int and float, which remember how a number was written
    is_whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    return int(value) if is_whole else float(value)
