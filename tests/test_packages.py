"""The installed packages keep the bounds of pyproject.toml and have the major versions of requirements.lock."""

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
"""Versioned by date: a new major number does not mean a breaking change."""


def direct() -> list[Requirement]:
    """Return the requirements in pyproject.toml, those of every extra included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in (*project["dependencies"], *(one for extra in extras for one in extra))]


def locked() -> dict[str, Requirement]:
    """Return the packages of requirements.lock by name."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    lines = [line.rstrip("\\ ") for line in text.splitlines() if re.match(r"\w", line)]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


@pytest.mark.parametrize("requirement", direct(), ids=str)
def test_every_requirement_has_an_upper_bound(requirement: Requirement) -> None:
    if canonicalize_name(requirement.name) not in BY_YEAR:
        assert {each.operator for each in requirement.specifier} & {"<", "==", "<="}


def test_the_lock_has_hashes_no_addresses_and_fitting_versions() -> None:
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


def test_the_installed_majors_are_those_of_the_lock() -> None:
    """The command names no versions, so what it installs today must match the lock."""
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
