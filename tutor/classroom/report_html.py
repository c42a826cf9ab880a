"""Write a class's report as one HTML file: without scripts or external files, with every name escaped, printable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from tutor.classroom.report import Report, learners_csv, mistakes_csv, questions_csv
from tutor.cleaning import clean
from tutor.errors import file_errors
from tutor.formulas.wording import counted

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.n, th.n { text-align: right; }
th, td.who { white-space: nowrap; }
.bar { background: #8883; height: .6rem; width: 6rem; display: inline-block; border-radius: .3rem; overflow: hidden; }
.bar i { background: #3a7bd5; height: 100%; display: block; }
.quiet { opacity: .7; }
@media print {
  body { margin: 0; max-width: none; font-size: 10pt; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
}
"""
_WHAT_FIGURES_MEAN = (
    "Discrimination: the share of right answers among the best 27 % of the class minus the share among the weakest "
    "27 %. Point-biserial: the correlation of a right answer here with the points for all other questions. A question "
    "near 0 or below does not tell who has understood. Both are left out for fewer than 20 learners."
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write ``index.html``, ``learners.csv``, ``questions.csv`` and ``mistakes.csv``; return their paths.

    Raises:
        TutorError: They cannot be written.
    """
    files = {
        "index.html": page(report),
        "learners.csv": learners_csv(report),
        "questions.csv": questions_csv(report),
        "mistakes.csv": mistakes_csv(report),
    }
    with file_errors(f"The report in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in files)


def page(report: Report) -> str:
    """Return the report as HTML."""
    title = _text(report.assignment.title)
    remarks = _remarks(report)
    parts = [_summary(report, remarks), _mistakes(report), _questions(report), _learners(report), *_lists(remarks)]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>\n" + "\n".join(part for part in parts if part) + "\n</body></html>\n"
    )


def _summary(report: Report, remarks: dict[str, list[str]]) -> str:
    figures = report.figures
    said = [f"{counted(figures.learners, 'hand-in')} marked"]
    if figures.mean is not None:
        said.append(f"mean {figures.mean:.1f} of {report.assignment.total:g} points")
    if figures.alpha is not None:
        said.append(f"Cronbach’s α {_figure(figures.alpha)}")
    links = " · ".join(
        f'<a href="#{_anchor(place)}">{_text(heading.partition(" (")[0])}</a> ({len(lines)})'
        for place, (heading, lines) in enumerate(remarks.items())
    )
    due = report.assignment.due
    when = f"<p>Due {due:%Y-%m-%d %H:%M %Z}.</p>" if due is not None else ""
    return f"<p>{_text(', '.join(said))}.</p>{when}" + (f"<p>{links}</p>" if links else "")


def _mistakes(report: Report) -> str:
    most = report.figures.mistakes[:20]
    if not most:
        return ""
    sentences = {
        (name, each.label): sentence for each in report.figures.questions for name, sentence, _ in each.mistakes
    }
    rows = [
        [(str(count), "n"), (label, ""), (name.replace("-", " "), ""), (sentences.get((name, label), ""), "quiet")]
        for name, label, count in most
    ]
    heads = [("learners", "n"), ("at", ""), ("mistake", ""), ("for example", "")]
    return "<h2>Mistakes</h2>" + _table(heads, rows)


def _questions(report: Report) -> str:
    heads = [("question", ""), ("answered", "n"), ("right at once", "n"), ("right", "n"), ("given up", "n"),
             ("discrimination", "n"), ("point-biserial", "n"), ("commonest mistake", "")]  # fmt: skip
    rows = []
    for each in report.figures.questions:
        common = f"{each.mistakes[0][0].replace('-', ' ')} ({each.mistakes[0][2]})" if each.mistakes else ""
        numbers = [str(each.answered), str(each.right_at_once), str(each.right), _count(each.given_up)]
        figures = [_figure(each.discrimination), _figure(each.point_biserial)]
        name = each.label if len(report.assignment.lessons) == 1 else f"{each.lesson}: {each.label}"
        rows.append([(name, ""), *((number, "n") for number in (*numbers, *figures)), (common, "")])
    return "<h2>Questions</h2>" + _table(heads, rows) + f'<p class="quiet">{_text(_WHAT_FIGURES_MEAN)}</p>'


def _learners(report: Report) -> str:
    heads = [("learner", ""), ("name", ""), ("points", "n"), ("", ""), ("open", "n"), ("first wrong", ""),
             ("hints", "n"), ("minutes", "n"), ("remarks", "")]  # fmt: skip
    rows = []
    shared = {learner for learner, _ in report.received.namesakes}
    for mark in report.marks:
        wrong = mark.first_wrong
        share = mark.points / mark.total if mark.total else 0
        bar = f'<td><span class="bar"><i style="width:{share:.0%}"></i></span></td>'
        said = [mark.late] if mark.late else []
        if mark.learner in shared:
            system, _, number = mark.person.partition(":")
            said.append(
                f"Handed in by number {number} in {system.title()}." if number else "Handed in by an unknown person."
            )
        who = [(mark.learner, "who"), (report.name(mark.learner), "who"), (f"{mark.points:g}", "n")]
        numbers = [
            (_count(sum(each.verdict == "unanswered" for each in mark.marks)), "n"),
            (wrong.label if wrong else "", ""),
            (_count(sum(each.hints for each in mark.marks)), "n"),
            (f"{mark.minutes:g}", "n"),
            (" ".join([*said, *mark.notes]), "quiet"),
        ]
        rows.append(f"<tr>{_cells(who, bar, numbers)}</tr>")
    return "<h2>Learners</h2>" + _head(heads) + "".join(rows) + "</tbody></table>"


def _remarks(report: Report) -> dict[str, list[str]]:
    """Return the lists of remarks about hand-ins and people: their lines, by heading."""
    lists = {
        "Not handed in": [" ".join(filter(None, (each.learner, report.name(each.learner)))) for each in report.missing],
        "Could not be read": [why for _, why in report.received.damaged],
        "Could not be marked": [f"{learner}: {why}" for learner, why in report.failed],
        "Handed in more than once": [
            f"{learner}: {', '.join(names)}. {counts} counts." for learner, names, counts in report.received.twice
        ],
        "Several people under one name (each is marked; ask who is who)": [
            f"{learner}: {', '.join(names)}" for learner, names in report.received.namesakes
        ],
        "Not on the class list": list(report.strangers),
        "The same wrong answer to different numbers": [
            f"{label}: {answer} by {', '.join(learners)}" for label, answer, learners in report.figures.alike
        ],
    }
    return {heading: lines for heading, lines in lists.items() if lines}


def _lists(remarks: dict[str, list[str]]) -> Iterator[str]:
    for place, (heading, lines) in enumerate(remarks.items()):
        items = "".join(f"<li>{_text(line)}</li>" for line in lines)
        yield f'<h2 id="{_anchor(place)}">{_text(heading)} ({len(lines)})</h2><ul>{items}</ul>'


def _anchor(place: int) -> str:
    return f"list-{place + 1}"


def _figure(figure: float | None) -> str:
    """Return a figure with two decimals, or "" for None."""
    return "" if figure is None else f"{figure:.2f}".replace("-", "−")


Cell = tuple[str, str]


def _count(count: int) -> str:
    """Return a count, or "" for 0: most are 0, and blanks are easier to read."""
    return str(count) if count else ""


def _table(heads: Iterable[Cell], rows: Iterable[Iterable[Cell]]) -> str:
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return _head(heads) + body + "</tbody></table>"


def _head(heads: Iterable[Cell]) -> str:
    cells = "".join(f'<th class="{kind}">{_text(text)}</th>' for text, kind in heads)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>"


def _cells(*parts: Iterable[Cell] | str) -> str:
    """Return cells from (text, class) pairs, escaped; a part that is a string is already HTML."""
    return "".join(
        part if isinstance(part, str) else "".join(f'<td class="{kind}">{_text(text)}</td>' for text, kind in part)
        for part in parts
    )


def _text(text: str) -> str:
    return escape(clean(text))
