"""What activations, losses and optimizers are: one entry for each, which everything else reads.

An entry holds the names, the values of single numbers, the formulas as they are taught, the words, and what NumPy's and
PyTorch's programs write. The three engines keep their own mathematics: their agreement means something only then.
"""

from tutor.functions.activations import ACTIVATIONS, ActivationFunction
from tutor.functions.losses import LOSSES, Loss
from tutor.functions.optimizers import OPTIMIZERS, OptimizerRule

__all__ = ["ACTIVATIONS", "LOSSES", "OPTIMIZERS", "ActivationFunction", "Loss", "OptimizerRule"]
