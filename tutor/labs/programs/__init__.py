"""Write a network as a short program in NumPy or PyTorch that runs with the lesson's numbers.

    program = numpy_program(network)
    program.source                       # to show and to run
    program.variables["W_hidden_new"]    # "hidden.W_new": the quantity of each variable

A program has one forward pass and, if there is a target, one training step, as a learner would write them.
"""

from tutor.labs.programs.draft import Program
from tutor.labs.programs.in_numpy import numpy_program
from tutor.labs.programs.in_torch import torch_program

__all__ = ["Program", "numpy_program", "torch_program"]
