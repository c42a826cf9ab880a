"""Hints that nobody has to write: five rungs for every quantity, made from its defining formula."""

from tutor.hints.ladder import Known, Rung, RungKind, rungs
from tutor.hints.slips import about_slip

__all__ = ["Known", "Rung", "RungKind", "about_slip", "rungs"]
