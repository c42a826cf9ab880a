"""Progress: what a learner typed, when, and how it was marked, in one SQLite file or on a PostgreSQL server.

Begin with ``store.py``: only ``Store`` reads and writes progress. ``database.py`` manages the connection and retries,
``sqlite.py`` and ``postgres.py`` are the two places, ``schema.py`` has the tables and the migrations of older files,
``salvage.py`` repairs.
"""

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
