"""PyTorch's second opinion: the same network with autograd and ``torch.optim``, in a child process.

``engine``, ``sheets`` and ``array_functions`` import PyTorch; only the child process and the tests import these.
"""

from tutor.engines.torch.process import available, torch_values, torch_values_of

__all__ = ["available", "torch_values", "torch_values_of"]
