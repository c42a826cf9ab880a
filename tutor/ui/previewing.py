"""The application that shows one lesson while it is written."""

from __future__ import annotations

from textual.screen import Screen

from tutor.authoring.preview import Preview
from tutor.store import Store, default_place
from tutor.ui.app import TutorApp


class PreviewApp(TutorApp):
    """The tutor with one lesson that is being written. Its store is in memory."""

    def __init__(self, which: str) -> None:
        settings = Store(default_place())
        store = Store(None, learner="")
        for name in ("theme", "keys"):
            if (kept := settings.setting(name)) is not None:
                store.set_setting(name, kept)
        settings.close()
        store.set_setting("tour-seen", True)
        self.preview = Preview(which)
        super().__init__(store, warm=False)

    def get_default_screen(self) -> Screen[None]:
        """Return the lesson, or the screen that says what is wrong with it."""
        from tutor.ui.screens.preview import PreviewScreen, Watching

        if self.preview.lesson is None:
            return Watching(self.preview)
        return PreviewScreen(self.preview, self.store)
