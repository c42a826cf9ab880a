"""A network as a short program in NumPy or PyTorch, which runs as it is, with the lesson's numbers.

    program = numpy_program(network)
    program.source                       # to show and to run
    program.variables["W_hidden_new"]    # "hidden.W_new": which variable is which quantity

One forward pass and, where there is a target, one training step, written as a learner would write it.
"""

from tutor.labs.programs.draft import Program
from tutor.labs.programs.in_numpy import numpy_program
from tutor.labs.programs.in_torch import torch_program

__all__ = ["Program", "numpy_program", "torch_program"]
