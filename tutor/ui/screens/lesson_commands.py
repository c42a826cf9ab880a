"""The commands of a lesson's screen."""

from __future__ import annotations

from tutor.ui.commands import Command

HINT = Command(
    "lesson.hint",
    "hint",
    "f2",
    "Hint",
    "Opens the next hint for the question in hand. The later ones count against it; each says so before.",
    letter="h",
    footer=True,
)
GIVE_UP = Command(
    "lesson.give_up",
    "give_up",
    "f8",
    "Show the answer",
    "Gives the question in hand up: it counts as done, not as solved.",
    letter="a",
)

COMMANDS = (
    HINT,
    Command(
        "lesson.derivation",
        "derivation",
        "f3",
        "Derivation",
        "Where the quantity in hand comes from, line by line.",
        letter="d",
        label="derive",
        footer=True,
    ),
    Command(
        "lesson.worksheet",
        "worksheet",
        "f4",
        "Worksheet",
        "Every quantity of the network in one table, to be filled in in any order.",
        letter="w",
        footer=True,
    ),
    Command(
        "lesson.next",
        "next",
        "pagedown",
        "Next screen",
        "Goes on. Open questions stay open.",
        letter="n",
        label="next",
        footer=True,
    ),
    Command("lesson.back", "back", "pageup", "Screen before", "Goes back. Nothing is lost.", letter="b", label="back"),
    Command("lesson.on", "go_on", "enter", "Go on", "To the open question, or to the next screen.", palette=False),
    Command("lesson.field", "field(1)", "tab", "Next cell", "Goes to the next cell or field.", palette=False),
    Command(
        "lesson.field_back", "field(-1)", "shift+tab", "Cell before", "Goes to the cell or field before.", palette=False
    ),
    Command(
        "lesson.leave",
        "leave",
        "escape",
        "Leave the field",
        "Out of the field, so that letters are commands; once more goes home. Nothing typed is lost.",
        palette=False,
    ),
    Command(
        "lesson.run",
        "run_here",
        "f5",
        "Run the program",
        "Runs the screen's first program that is not done.",
        palette=False,
    ),
    Command("lesson.home", "home", "", "Home", "Back to the lessons. Everything is saved.", letter="q"),
    Command(
        "lesson.map",
        "map",
        "f6",
        "The drawing",
        "Goes from unit to unit of the network, each with its formula.",
        letter="m",
    ),
    GIVE_UP,
    Command(
        "lesson.contents",
        "contents",
        "f7",
        "Contents",
        "The screens of the lesson, with what is done in each.",
        letter="c",
    ),
    Command(
        "lesson.program",
        "program",
        "",
        "The same in NumPy and PyTorch",
        "The network as a short program, to read, change and run.",
        letter="y",
    ),
    Command(
        "lesson.practice",
        "practice",
        "",
        "Practice with new numbers",
        "The same lesson with numbers that you have not seen yet.",
        letter="p",
    ),
    Command(
        "lesson.variant",
        "variant",
        "",
        "Numbers by their number",
        "Opens the numbers #17, say, that somebody gave you.",
        letter="number_sign",
    ),
    Command(
        "lesson.look_back",
        "look_back",
        "",
        "Look back",
        "Everything you have answered here, with what was said about it.",
        letter="l",
    ),
    Command(
        "lesson.mend",
        "mend",
        "",
        "To the answer to mend",
        "Goes to the first answer that wants another look.",
        letter="e",
    ),
    Command(
        "lesson.reset",
        "reset",
        "",
        "Start the lesson again",
        "Empties the lesson, after asking twice. The answers stay in the look back.",
        letter="R",
    ),
)
