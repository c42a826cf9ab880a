"""From the blocks of a file to the blocks of a lesson."""

from tutor.lessons.building.builder import BlockBuilder, Draft
from tutor.lessons.building.flatten import beside
from tutor.lessons.building.settings import Settings

__all__ = ["BlockBuilder", "Draft", "Settings", "beside"]
