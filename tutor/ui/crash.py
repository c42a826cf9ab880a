"""Handle a failure of the tutor itself: keep the work and write a report to the learner's folder."""

from __future__ import annotations

import platform
import traceback
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from tutor import __version__, paths

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


def write_report(error: BaseException, app: TutorApp) -> str:
    """Save what can be saved, write ``reports/crash-….txt``, and return the message to print when leaving."""
    trouble: Exception | None = None
    try:
        app.save_all()
    except Exception as failure:
        trouble = failure
    text = _report(error, app)
    if trouble is not None:
        text += "\nAnd while the answers were saved:\n\n" + "".join(traceback.format_exception(trouble))
    is_kept = trouble is None and (app.store.saving or app.store.path is None)
    kept = "Your answers are saved" if is_kept else "What was typed last may not be saved"
    said = f"The tutor stopped: internal error. {kept}; start it again to continue."
    path = paths.learner_folder() / "reports" / f"crash-{datetime.now():%Y-%m-%d-%H%M%S}.txt"
    try:
        paths.make_folder(path.parent)
        path.write_text(text, encoding="utf-8")
    except OSError as failure:
        return f"{said}\n\n{text}\n{failure}"
    return f"{said}\nA report is in {path}"


def _report(error: BaseException, app: TutorApp) -> str:
    where = "before the first screen"
    with suppress(Exception):
        width, height = app.size
        where = f"{type(app.screen).__name__} at {width}×{height}"
    trace = "".join(traceback.format_exception(error))
    system = f"Python {platform.python_version()} on {platform.system()}"
    return f"tutor {__version__}, {system}\nscreen: {where}\n\n{trace}"
