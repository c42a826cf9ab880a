"""The tutor on a screen: the only part that names Textual or rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.store import Store


def run(target: str | None = None, *, store: Store | None = None) -> int:
    """Run the tutor in the terminal, at ``target`` (a lesson's id, number or file) if there is one; the exit status."""
    import sys

    from tutor.store import Store, default_path
    from tutor.ui.app import TutorApp

    app = TutorApp(store or Store(default_path()), target)
    app.run()
    app.store.close()
    if app.crash_report is not None:
        print(app.crash_report, file=sys.stderr)
    return app.return_code or 0
