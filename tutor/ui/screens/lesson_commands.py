"""The commands of a lesson's screen."""

from __future__ import annotations

from tutor.ui.commands import Command

HINT = Command(
    "lesson.hint", "hint", "f2", "Hint",
    "Opens the next hint for the current question. The later ones count against it; each says so before.",
    footer="hint", letter="h",
)  # fmt: skip
GIVE_UP = Command(
    "lesson.give_up", "give_up", "f8", "Show the answer",
    "Gives up the current question: it counts as done, not as solved.", letter="a",
)  # fmt: skip

COMMANDS: tuple[Command, ...] = (
    HINT,
    Command("lesson.derivation", "derivation", "f3", "Derivation",
            "Shows where the current quantity comes from, line by line.", footer="derive", letter="d"),
    Command("lesson.worksheet", "worksheet", "f4", "Worksheet",
            "Shows every quantity of the network in one table. Fill it in, in any order.", footer="worksheet",
            letter="w"),
    Command("lesson.so_far", "so_far", "ctrl+o", "Numbers so far",
            "Shows what is given and what you have found, in a strip under the page. Pressed again, closes it.",
            footer="numbers", letter="s"),
    Command("lesson.next", "next", "pagedown", "Next screen",
            "Goes on. Open questions stay open.", footer="next", letter="n"),
    Command("lesson.back", "back", "pageup", "Previous screen", "Goes back. Nothing is lost.", letter="b"),
    Command("lesson.on", "go_on", "enter", "Go on", "Goes to the open question, or to the next screen.", palette=False),
    Command("lesson.field", "field(1)", "tab", "Next cell", "Goes to the next cell or field.", palette=False),
    Command("lesson.field_back", "field(-1)", "shift+tab", "Previous cell",
            "Goes to the previous cell or field.", palette=False),
    Command("lesson.leave", "leave", "escape", "Leave the field",
            "Leaves the field, so that letters are commands. Pressed again, goes Home. Nothing typed is lost.",
            palette=False),
    Command("lesson.run", "run_here", "f5", "Run the program",
            "Runs the screen's first program that is not done.", palette=False),
    Command("lesson.home", "home", "", "Home", "Back to the lessons. Everything is saved.", letter="q"),
    Command("lesson.map", "map", "f6", "The drawing",
            "Goes from unit to unit of the network, each with its formula.", letter="m"),
    GIVE_UP,
    Command("lesson.contents", "contents", "f7", "Contents",
            "Lists the screens of the lesson, with the progress in each.", letter="c"),
    Command("lesson.program", "program", "", "The same in NumPy and PyTorch",
            "Shows the network as a short program, to read, change and run.", letter="y"),
    Command("lesson.play", "play", "", "Play with the numbers",
            "Lets you turn the numbers of the network, train it, and see what follows.", letter="x"),
    Command("lesson.practice", "practice", "", "Practice with new numbers",
            "Opens the lesson with numbers that you have not seen yet.", letter="p"),
    Command("lesson.numbers", "numbers_only", "", "Numbers only",
            "Opens the lesson's questions about numbers without its prose, with numbers that you have not seen yet.",
            letter="o"),
    Command("lesson.variant", "variant", "", "Open a set of numbers",
            "Opens a set by its number, for example #17, to work on the same numbers as somebody else.",
            letter="number_sign"),
    Command("lesson.look_back", "look_back", "", "Look back",
            "Shows everything you have answered here, with what was said about it.", letter="l"),
    Command("lesson.fix", "fix", "", "To the answer to fix",
            "Goes to the first answer that is not right yet.", letter="e"),
    Command("lesson.reset", "reset", "", "Start the lesson again",
            "Empties the lesson, after asking twice. Your answers stay in “Look back”.", letter="R"),
)  # fmt: skip
