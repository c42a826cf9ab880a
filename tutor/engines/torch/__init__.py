"""The second opinion of PyTorch: the same network with autograd and ``torch.optim``, in a process of its own.

PyTorch is named in ``engine`` alone, and that is imported by the child only (and by the tests).
"""

from tutor.engines.torch.describe import network_spec, worksheet_spec
from tutor.engines.torch.process import CrosscheckError, available, torch_values, torch_values_of

__all__ = ["CrosscheckError", "available", "network_spec", "torch_values", "torch_values_of", "worksheet_spec"]
