"""Which packages are installed: within the bounds of pyproject.toml, and of the majors that requirements.lock has."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
BY_YEAR = {"distributed", "regex", "types-pyyaml"}
"""Numbered by the year of their release: a larger number says nothing of what breaks."""


def direct() -> list[Requirement]:
    """What pyproject.toml asks for, with every extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in (*project["dependencies"], *(one for extra in extras for one in extra))]


def locked() -> dict[str, Requirement]:
    """The lock's packages by name."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    lines = [line.rstrip("\\ ") for line in text.splitlines() if re.match(r"\w", line)]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


@pytest.mark.parametrize("requirement", direct(), ids=str)
def test_what_may_break_with_a_major_version_has_an_upper_bound(requirement: Requirement) -> None:
    if canonicalize_name(requirement.name) not in BY_YEAR:
        assert {each.operator for each in requirement.specifier} & {"<", "==", "<="}


def test_the_lock_has_every_package_of_the_tests_with_its_hash_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert "torch" not in locked()
    for entry in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry
    for requirement in direct():
        found = locked().get(canonicalize_name(requirement.name))
        if found is not None:
            (pin,) = found.specifier
            assert requirement.specifier.contains(pin.version), f"{found}: run make lock"


def test_the_command_of_the_readme_has_installed_the_same_majors_as_the_lock() -> None:
    """It names no versions: what it finds today must be what the tests were locked with."""
    named = {canonicalize_name(each.name) for each in direct()} - BY_YEAR
    differ = []
    for name, each in locked().items():
        if name not in named or (each.marker is not None and not each.marker.evaluate()):
            continue
        try:
            here = Version(version(name))
        except PackageNotFoundError:
            continue
        (pin,) = each.specifier
        if here.major != Version(pin.version).major:
            differ.append(f"{name} {here}, locked: {pin.version}")
    assert not differ, "run make lock, and see what has changed"
