"""Variants: a lesson's networks and worksheets with other numbers, drawn from a seed and the same on every machine.

Begin with ``variant.py``. ``domains.py`` says which numbers to draw from, and ``vetting.py`` rejects draws that hide
mistakes or are hard to work with.
"""

from tutor.practice.variant import GENERATOR, Variants, open_variant, parse_variant, vary

__all__ = ["GENERATOR", "Variants", "open_variant", "parse_variant", "vary"]
