"""PyTorch's second opinion: the same network with autograd and ``torch.optim``, in a child process.

Only ``engine`` imports PyTorch, and only the child process (and the tests) import ``engine``.
"""

from tutor.engines.torch.describe import network_spec, worksheet_spec
from tutor.engines.torch.process import CrosscheckError, available, torch_values, torch_values_of

__all__ = ["CrosscheckError", "available", "network_spec", "torch_values", "torch_values_of", "worksheet_spec"]
