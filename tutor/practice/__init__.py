"""Practice: a lesson's networks and worksheets with new numbers, from a seed that gives the same ones everywhere."""

from tutor.practice.variant import GENERATOR, Variants, open_variant, parse_variant, vary

__all__ = ["GENERATOR", "Variants", "open_variant", "parse_variant", "vary"]
