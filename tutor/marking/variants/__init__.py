"""Typical mistakes as variants of one step of the computation, for every network and worksheet."""

from tutor.marking.variants.model import PRIOR, RANK, MistakenFormula, Surroundings
from tutor.marking.variants.registry import variants_of

__all__ = ["PRIOR", "RANK", "MistakenFormula", "Surroundings", "variants_of"]
