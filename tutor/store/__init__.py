"""Progress: what a learner typed, when, and what came of it. One SQLite file, read and written by ``Store`` alone."""

from tutor.store.records import AttemptRecord, EventRecord, PositionRecord, SummaryRecord
from tutor.store.store import Store, default_path

__all__ = [
    "AttemptRecord",
    "EventRecord",
    "PositionRecord",
    "Store",
    "SummaryRecord",
    "default_path",
]
