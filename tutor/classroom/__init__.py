"""A class: assignments, hand-ins, marks, reports and gradebooks.

An ``assignment`` names lessons, points and dates. A learner's ``hand_in`` carries their answers in one file;
``marking`` marks its answers again against the instructor's copy of the lessons, ``bulk`` does so for many,
``collect`` finds hand-ins in folders, archives and downloads, ``report`` summarises a class, and ``gradebooks`` fills
in the file that a learning management system exported.
"""

from __future__ import annotations

from tutor.lessons.lesson_files import is_assignment

__all__ = ["is_assignment"]
