"""Progress: what a learner typed, when, and what came of it. One SQLite file, or a
server of PostgreSQL's, read and written by ``Store`` alone."""

from tutor.store.records import AttemptRecord, EventRecord, EvidenceRecord, PositionRecord, SummaryRecord
from tutor.store.store import Store, default_path, default_place

__all__ = [
    "AttemptRecord",
    "EventRecord",
    "EvidenceRecord",
    "PositionRecord",
    "Store",
    "SummaryRecord",
    "default_path",
    "default_place",
]
