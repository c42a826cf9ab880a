"""Variants: a lesson's networks and worksheets with new numbers, drawn from a seed that gives the same ones everywhere.

Begin with ``variant.py``. ``domains.py`` says from which numbers to draw, and ``vetting.py`` turns down draws that hide
mistakes or are hard to work with.
"""

from tutor.practice.variant import GENERATOR, Variants, open_variant, parse_variant, vary

__all__ = ["GENERATOR", "Variants", "open_variant", "parse_variant", "vary"]
