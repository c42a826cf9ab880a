"""The tutor on a screen: the only package that names Textual or rich.

Begin with ``app.py`` and ``screens/lesson.py``. ``commands.py`` says how a command is declared, ``blocks`` has a widget
for each kind of block, ``fields`` one for each kind of answer, ``drawing`` the picture of a network, and
``textual_compat.py`` every private name of Textual's.
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
    """Run the tutor in the terminal, at ``target`` (a lesson's id, number or file) if there is one; the exit status.

    With ``practise`` (true, or a skill's id) it begins with practice, with ``playing`` at numbers to turn,
    with ``own`` (weights, or nothing yet) at the form for a network of one's own."""
    gc.disable()  # what is loaded now stays; the application looks for garbage once its first screen is painted
    from tutor.store import Store, default_place
    from tutor.ui.app import TutorApp

    kept = store or Store(default_place())
    return _finished(TutorApp(kept, target, practise=practise, playing=playing, own=own))


def run_preview(which: str) -> int:
    """Show a lesson (``FILE`` or ``FILE#variant``) while it is written; the exit status. Nothing answered is kept."""
    from tutor.ui.previewing import PreviewApp

    return _finished(PreviewApp(which))


def _finished(app: TutorApp) -> int:
    """Run an application to its end; the exit status, which is not 0 where something is lost."""
    app.run()
    app.store.close()
    if app.crash_report is not None:
        print(app.crash_report, file=sys.stderr)
    if app.store.unsaved:
        print(app.store.notice, file=sys.stderr)
    return app.return_code or int(app.store.unsaved)
