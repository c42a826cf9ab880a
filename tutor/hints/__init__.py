"""Hints that nobody has to write: five rungs for every quantity, made from its defining formula."""

from tutor.hints.ladder import Known, Rung, RungKind, rungs

__all__ = ["Known", "Rung", "RungKind", "rungs"]
