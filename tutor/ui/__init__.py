"""Show the tutor on a screen. This is the only package that names Textual or rich.

Begin with ``app.py`` and ``screens/lesson.py``. ``commands.py`` says how a command is declared, ``blocks`` has a widget
for each kind of block, ``fields`` one for each kind of answer, ``drawing`` draws the picture of a network, and
``textual_compat.py`` holds every private name of Textual that the tutor uses.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.play.playing import Playing
    from tutor.store import Store
    from tutor.ui.app import TutorApp


def run(
    target: str | None = None,
    *,
    store: Store | None = None,
    practise: str | bool = False,
    playing: Playing | None = None,
    own: str | None = None,
) -> int:
    """Run the tutor in the terminal and return the exit status. ``target``, if given, is a lesson's id, number or file.

    With ``practise`` (true, or a skill's id) it begins with practice, with ``playing`` with numbers to turn, and with
    ``own`` (weights, or an empty text) with the form for the learner's own network.
    """
    gc.disable()  # nothing loaded now becomes garbage; the application enables it after its first screen is painted
    from tutor.store import Store, default_place
    from tutor.ui.app import TutorApp

    kept = store or Store(default_place())
    return _run(TutorApp(kept, target, practise=practise, playing=playing, own=own))


def run_preview(which: str) -> int:
    """Show a lesson (``FILE`` or ``FILE#variant``) while it is written, and return the exit status. No answer is
    kept."""
    from tutor.ui.previewing import PreviewApp

    return _run(PreviewApp(which))


def _run(app: TutorApp) -> int:
    """Run an application to its end. Return the exit status, which is not 0 if something is lost."""
    app.run()
    app.store.close()
    if app.crash_report is not None:
        print(app.crash_report, file=sys.stderr)
    if app.store.unsaved:
        print(app.store.notice, file=sys.stderr)
    return app.return_code or int(app.store.unsaved)
