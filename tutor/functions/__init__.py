"""Registries of activations, losses and optimizers: one entry for each, which the rest of the tutor reads.

An entry holds names, values for single numbers, formulas as they are taught, words, and the code of NumPy and PyTorch
programs. The three engines have their own mathematics, so that their agreement means something.
"""

from tutor.functions.activations import ACTIVATIONS, ActivationFunction
from tutor.functions.losses import LOSSES
from tutor.functions.optimizers import OPTIMIZERS

__all__ = ["ACTIVATIONS", "LOSSES", "OPTIMIZERS", "ActivationFunction"]
