"""PyTorch's second opinion: the same network with autograd and ``torch.optim``, in a child process.

Only ``engine`` imports PyTorch, and only the child process (and the tests) import ``engine``.
"""

from tutor.engines.torch.process import available, torch_values, torch_values_of

__all__ = ["available", "torch_values", "torch_values_of"]
