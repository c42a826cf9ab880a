"""The hostile files of the lesson zoo, by name: the lessons, and the other files in their folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

NETWORK = "network: {inputs: [1, 2], target: 1, layers: [{weights: [[0.5], [0.25]], bias: [0.1], activation: sigmoid}]}"


LARGE = frozenset({
    "a power tower", "a tower of powers", "a root of a negative", "2,000 steps", "steps that double", "300 layers",
    "3,000 layers", "300 units", "2,000 samples", "repeated often", "fifty steps", "300 networks",
    "a large convolution", "a large product", "3,000 blocks that wait", "5,000 blocks", "5,000 screens", "anchors",
    "40,000 unknown keys", "60,000 unknown keys of a block", "90,000 unknown keys", "300,000 duplicates",
    "100,000 values", "carriage returns", "unknown inserts", "open inserts", "inserts", "links",
    "links that never begin", "links that never end", "dashes", "pictures", "dollars", "a wide row",
})  # fmt: skip
"""Files that take more than half a second and are left out of the short form."""


def lesson(block: str = "- ask: Z1", *, top: str = "", network: str = NETWORK) -> str:
    """Return a lesson with one network and these blocks."""
    lines = "".join(f"      {line}\n" for line in block.split("\n"))
    return f"title: Hostile\n{top}\n{network}\nscreens:\n  - title: One\n    blocks:\n{lines}"


def sheet(given: str, steps: str, more: str = "") -> str:
    """Return a lesson with one worksheet."""
    worksheet = f"worksheet:\n  given: {{{given}}}\n  steps:\n    s: '{steps}'\n{more}"
    return lesson("- ask: s", network=worksheet)


def hostile_texts() -> Mapping[str, str]:
    """Return the files by name."""
    return {
        **dict(_yaml()),
        **dict(_files()),
        **dict(_texts()),
        **dict(_formulas()),
        **dict(_networks()),
        **dict(_keys()),
        **dict(_programs()),
    }


def furnish(folder: Path) -> Path:
    """Make the things that the files name (a secret outside the folder, links, pipes, devices); return the lesson's
    folder."""
    (folder / "secret.csv").write_text("a,b\n1,2\n")
    (folder / "secret.yaml").write_text("network: {inputs: [1], layers: [{weights: [[1]]}]}\n")
    inside = folder / "pack"
    inside.mkdir()
    (inside / "data").mkdir()
    (inside / "rows.csv").write_text("a,b\n" + "1,2\n" * 5)
    (inside / "wide.csv").write_text(",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join("1" * 20_000) + "\n")
    (inside / "long.csv").write_text("a,b\n" + "1,2\n" * 200_000)
    (inside / "quote.csv").write_text('a,b\n"' + "x" * 300_000)
    (inside / "bytes.csv").write_bytes(bytes(range(256)) * 50)
    (inside / "circle.yaml").write_text("network: {from: circle.yaml}\n")
    (inside / "leads.yaml").write_text("network: {from: ../secret.yaml}\n")
    for suffix in ("csv", "yaml", "png"):
        with suppress(OSError, AttributeError, NotImplementedError):
            os.mkfifo(inside / f"pipe.{suffix}")
        with suppress(OSError, NotImplementedError):
            (inside / f"link.{suffix}").symlink_to(folder / "secret.csv")
            (inside / f"zero.{suffix}").symlink_to("/dev/zero")
            (inside / f"self.{suffix}").symlink_to(f"self.{suffix}")
    return inside


Files = Iterator[tuple[str, str]]


def _yaml() -> Files:
    yield "empty", ""
    yield "null", "~"
    yield "number", "3"
    yield "list", "- 1\n"
    yield "nothing but keys", "title:\nscreens:\n"
    yield (
        "alias bomb",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)),
    )
    yield "itself", "title: &a [*a]\n"
    yield "nested lists", "title: " + "[" * 5_000
    yield "nested maps", "title: " + "{a: " * 5_000
    yield "nested blocks", "".join(" " * n + "a:\n" for n in range(1_000))
    yield "40,000 unknown keys", "title: A\n" + "".join(f"k{n}: 1\n" for n in range(40_000))
    yield "90,000 unknown keys", "title: A\n" + "".join(f"k{n}: 1\n" for n in range(90_000))
    yield "60,000 unknown keys of a block", lesson("- ask: Z1\n" + "\n".join(f"  k{n}: 1" for n in range(60_000)))
    yield "300,000 duplicates", "title: A\n" + "a: 1\n" * 300_000
    yield "a long key", "title: A\n'" + "k" * 900_000 + "': 1\n"
    yield "a long title", "title: " + "t" * 900_000 + "\nscreens: []\n"
    yield "a long line that is broken", lesson("- ask: '" + "x" * 400_000)
    yield "a tag", "title: !!python/object/apply:os.system [ls]\n"
    yield "a merge", "title: A\n<<: {screens: []}\n"
    yield "tabs", "title: A\n" + "\tscreens: []\n" * 5_000
    yield "control characters", "title: A\x07\x1b[31m\nscreens: []\n"
    yield "no-break spaces", "title: A\nscreens:\n\xa0 - a\n" * 300
    yield "open quotes", "title: 'a\n" * 20_000
    yield "open braces", "title: {a\n" * 20_000
    yield "colons", "title: a: b: c\n" * 10_000
    yield "dashes", "- - - - - - - -\n" * 10_000
    yield "many documents", "---\na: 1\n" * 20_000
    yield "a long number", "title: " + "9" * 100_000 + "\n"
    yield "a surrogate", 'title: "\\ud800"\nscreens: []\n'
    yield "bidi", "title: '\u202eevil\u202c'\nscreens: []\n"
    yield "complex keys", "? [a, b]\n: 1\n? {c: d}\n: 2\n"
    yield "a binary key", "title: A\n0x" + "f" * 50_000 + ": 1\n"
    yield "an octal", "title: A\nminutes: 0o" + "7" * 5_000 + "\n"
    yield "anchors", "title: A\n" + "".join(f"a{n}: &a{n} 1\n" for n in range(30_000))
    yield "comments", "#\n" * 400_000
    yield "carriage returns", "title: A\r" * 50_000
    yield "byte order marks", "\ufeff" * 10_000
    yield "100,000 values", "title: A\nscreens: [" + "1, " * 120_000 + "]\n"


def _files() -> Files:
    names = [
        "../secret.csv",
        "/etc/passwd",
        "link.csv",
        "pipe.csv",
        "zero.csv",
        "self.csv",
        "data",
        ".",
        "",
        "\\0",
        "a" * 9_000,
    ]
    for name in names:
        shown = name[:12]
        yield f"files: {shown}", lesson(top=f'files: ["{name}"]')
        yield f"table: {shown}", lesson(f'- table: "{name}"')
        yield f"image: {shown}", lesson(f'- image: "{name.replace("csv", "png")}"\n  alt: A.')
        yield f"from: {shown}", lesson(network=f'network: {{from: "{name.replace("csv", "yaml")}"}}')
    yield "from a circle", lesson(network="network: {from: circle.yaml}")
    yield "from a file that leads out", lesson(network="network: {from: leads.yaml}")
    yield "from one another", lesson(network="networks: {a: {from: b}, b: {from: a}}")
    yield (
        "a chain of from",
        lesson("- ask: n0:Z1", network="networks:\n" + "".join(f"  n{n}: {{from: n{n + 1}}}\n" for n in range(3_000))),
    )
    yield (
        "inputs true after from",
        lesson("- ask: b:Z1", network=NETWORK.replace("network:", "networks: {a:") + ", b: {from: a, inputs: true}}"),
    )
    for key, value in (("layers", "3"), ("target", "true"), ("given", "[]"), ("activation", "[]"), ("loss", "{}")):
        yield (
            f"{key} {value} after from",
            lesson(
                "- ask: b:Z1",
                network=NETWORK.replace("network:", "networks: {a:") + f", b: {{from: a, {key}: {value}}}}}",
            ),
        )
    yield "from with a #", lesson(network="network: {from: '#'}")
    yield "a wide table", lesson("- table: wide.csv")
    yield "a long table", lesson("- table: long.csv")
    yield "a table's open quote", lesson("- table: quote.csv")
    yield "a table of bytes", lesson("- table: bytes.csv")
    yield "rows of a table", lesson("- table: rows.csv\n  rows: 1-99999999999999999999")
    yield "columns of a table", lesson("- table: rows.csv\n  columns: [" + "z, " * 900 + "]")
    yield "10,000 files", lesson(top="files: [" + "a.csv, " * 10_000 + "]")
    yield "links out", lesson("- text: 'See [a](../secret.csv), [b](/etc/passwd), [c](pipe.csv) and [d](zero.csv).'")


def _texts() -> Files:
    yield "links that never end", lesson("- text: '" + "[a](" * 20_000 + "'")
    yield "links that never begin", lesson("- text: '" + "[" * 90_000 + "'")
    yield "links", lesson("- text: '" + "[a](b) " * 10_000 + "'")
    yield "pictures", lesson("- text: '" + "![" * 40_000 + "'")
    yield "dollars", lesson("- text: '" + "$1 " * 30_000 + "'")
    yield "open dollars", lesson("- text: '" + "$x" * 45_000 + "'")
    yield "escaped dollars", lesson("- text: '$" + "a\\$" * 30_000 + "'")
    yield "double dollars", lesson("- text: '" + "$$x$ " * 18_000 + "'")
    yield "formulas", lesson("- text: '" + "$Z_1$ 3 " * 2_000 + "'")
    yield "ticks", lesson("- text: '" + "`" * 90_000 + "'")
    yield "growing ticks", lesson("- text: '" + " ".join("`" * n for n in range(1, 400)) + "'")
    yield "fences", lesson("- text: |\n" + "    ```\n" * 9_000)
    yield "inserts", lesson("- text: '" + "{{Z1}} " * 12_000 + "'")
    yield "open inserts", lesson("- text: '" + "{{" * 40_000 + "'")
    yield "unknown inserts", lesson("- text: '" + "{{Q}} " * 15_000 + "'")
    yield "inserts in formulas", lesson("- text: '" + "${{Z1}}$ " * 3_000 + "'")
    yield "numbers", lesson("- text: '" + "0.5 " * 24_000 + "'")
    yield "a long number in a text", lesson("- text: '" + "1" * 90_000 + "'")
    yield "nested fractions", lesson("- text: '$" + "\\frac{" * 3_000 + "$'")
    yield "nested roots", lesson("- text: '$" + "\\sqrt{x" * 2_000 + "}" * 2_000 + "$'")
    yield "a wide matrix", lesson("- text: '$\\begin{bmatrix}" + "a & " * 8_000 + "\\end{bmatrix}$'")
    yield "subscripts", lesson("- text: '$" + "x_" * 20_000 + "$'")
    yield "unknown commands", lesson("- text: '" + "$\\foo$ " * 12_000 + "'")
    yield "braces", lesson("- text: '$" + "{" * 50_000 + "$'")
    yield "nested lists in Markdown", lesson("- text: |\n" + "".join("    " + "  " * n + "- a\n" for n in range(400)))
    yield "nested quotes in Markdown", lesson("- text: '" + "> " * 20_000 + "'")
    yield "stars", lesson("- text: '" + "*a **b " * 12_000 + "'")
    yield "a text of 500,000 characters", lesson("- text: '" + "word " * 100_000 + "'")
    yield "escapes", lesson("- text: '" + "\\{{" * 30_000 + "'")
    yield "controls in a text", lesson('- text: "\\x1b[2J\\x1b]52;c;AAAA\\x07"')


def _formulas() -> Files:
    yield "a power tower", sheet("a: 2", "9**9**9")
    yield "a tower of powers", sheet("a: 2", "9^9^9^9")
    yield "a root of a negative", sheet("a: 2", "(-1)^0.5")
    yield "a division by zero", sheet("a: 0", "1/a")
    yield "an overflow", sheet("a: 2", "exp(exp(exp(9)))")
    yield "3,000 terms", sheet("a: 2", "+".join("a" * 3_000))
    yield "3,000 brackets", sheet("a: 2", "(" * 3_000 + "a" + ")" * 3_000)
    yield "3,000 signs", sheet("a: 2", "-" * 3_000 + "a")
    yield "3,000 functions", sheet("a: 2", "sqrt(" * 3_000 + "a" + ")" * 3_000)
    yield "a long name", sheet("a: 2", "a" * 90_000)
    yield "a long number", sheet("a: 2", "9" * 5_000)
    yield "a huge exponent", sheet("a: 2", "a^1e308")
    yield "slopes of slopes", sheet("a: 2", "ds/da")
    yield "a step of itself", sheet("a: 2", "s + 1")
    yield "a large convolution", sheet(f"a: {[[1] * 60] * 60}, k: {[[1] * 30] * 30}", "conv(a, k)")
    yield "eight products in a row", sheet("a: [[1, 2], [2, 1]]", " @ ".join(["a"] * 8))
    yield "forty products in a row", sheet("a: [[1, 2], [2, 1]]", " @ ".join(["a"] * 40))
    yield (
        "convolutions of convolutions",
        sheet(f"a: {[[1] * 4] * 4}, k: {[[1] * 3] * 3}", "conv(" * 6 + "a" + ", k, pad=1)" * 6),
    )
    yield "a large product", sheet(f"a: {[[1] * 60] * 60}", "a @ a @ a")
    yield "a large reshape", sheet("a: [1]", "reshape(a, 100000, 100000)")
    yield "a large pad", sheet("a: [[1]]", "pad(a, 100000)")
    yield "repeated for ever", sheet("a: 2", "a + t", "  repeat: 10000000\n")
    yield "repeated often", sheet("a: 2", "a + t", "  repeat: 5000\n")
    yield (
        "2,000 steps",
        lesson(
            "- ask: s1999",
            network="worksheet:\n  given: {s0: 1}\n  steps:\n"
            + "".join(f"    s{n}: s{n - 1} + 1\n" for n in range(1, 2_000)),
        ),
    )
    yield (
        "steps that double",
        lesson(
            "- ask: s60",
            network="worksheet:\n  given: {s0: 1}\n  steps:\n"
            + "".join(f"    s{n}: s{n - 1}*s{n - 1}\n" for n in range(1, 61)),
        ),
    )
    for number, condition in enumerate(("Z1 <", "Z1 < 0 < 1", "not", "((((", "Z1 = Z1 = Z1")):
        yield f"condition {number}", lesson(f"- choose: A\n  options: [{{text: a, correct: '{condition}'}}, b]")
    yield "an answer of 20,000 brackets", lesson("- number: A\n  answer: '" + "(" * 20_000 + "'")
    yield "an answer that is infinite", lesson("- number: A\n  answer: .inf")
    yield "an answer that is no number", lesson("- number: A\n  answer: .nan")
    yield "variables without a range", lesson("- expression: A\n  answer: z\n  variables: {z: [-.inf, .inf]}")
    yield "mistakes without end", lesson("- ask: Z1\n  mistakes:\n" + "    - {when: Z1+1, say: No.}\n" * 5_000)
    yield "a plot of everything", lesson("- plot: w^2\n  over: {w: [-1e308, 1e308]}\n  alt: A.")


def _networks() -> Files:
    layer = "{weights: [[1]], activation: sigmoid}"
    yield "300 layers", lesson(network=f"network: {{inputs: [1], target: 1, layers: [{', '.join([layer] * 300)}]}}")
    yield "3,000 layers", lesson(network=f"network: {{inputs: [1], layers: [{', '.join([layer] * 3_000)}]}}")
    yield (
        "300 units",
        lesson(network=f"network: {{inputs: [1], target: {[1] * 300}, layers: [{{weights: [{[1] * 300}]}}]}}"),
    )
    yield (
        "2,000 samples",
        lesson(network=f"network: {{inputs: {[[1]] * 2_000}, target: {[1] * 2_000}, layers: [{{weights: [[1]]}}]}}"),
    )
    yield "steps without end", lesson("- ask: Z1@99999999", network=NETWORK)
    yield "fifty steps", lesson("- ask: E@50", network=NETWORK[:-1] + ", optimizer: {sgd: {lr: 1}}}")
    yield "infinite weights", lesson(network=NETWORK.replace("0.5", ".inf"))
    yield "weights that are no numbers", lesson(network=NETWORK.replace("0.5", ".nan"))
    yield "large weights", lesson("- ask: E", network=NETWORK.replace("0.5", "1e308"))
    yield "names that clash", lesson(network="network: {inputs: {Z1: 1}, layers: [{weights: [{Z1: 1}]}]}")
    yield (
        "names without end",
        lesson(network="network: {inputs: {" + "x" * 50_000 + ": 1}, layers: [{weights: [[1]]}]}"),
    )
    yield (
        "300 networks",
        lesson("- ask: n1:Z1", network="networks:\n" + "".join(f"  n{n}: {NETWORK[9:]}\n" for n in range(300))),
    )
    yield (
        "vary without end",
        lesson(network=NETWORK[:-1] + ", vary: {where: Z1 > 1e9, weights: [" + "1, " * 5_000 + "]}}"),
    )
    yield "vary by nothing", lesson(network=NETWORK[:-1] + ", vary: {weights: {from: 0, to: 1, step: 1e-300}}}")
    yield (
        "notation",
        lesson(network=NETWORK[:-1] + ", notation: {sum: '" + "Z" * 20_000 + "', activation: '\\frac{', loss: '}'}}"),
    )
    yield (
        "data without columns",
        lesson(network="network: {data: {file: rows.csv, inputs: [z], target: q}, layers: [{weights: [[1]]}]}"),
    )
    yield "a batch of nothing", lesson(network=NETWORK[:-1] + ", batch_size: 3}")
    for key in ("loss", "layout", "reduction", "error_signal", "delta_sign", "optimizer", "update_bias"):
        for value in ("[]", "{}", "x" * 2_000, "1e999"):
            yield f"{key}: {value[:4]}", lesson(network=f"{NETWORK[:-1]}, {key}: {value}}}")


def _keys() -> Files:
    yield "5,000 screens", "title: A\n" + NETWORK + "\nscreens:\n" + "  - {title: S, blocks: [ask: Z1]}\n" * 5_000
    yield "5,000 blocks", lesson("- ask: Z1\n" * 5_000)
    yield (
        "3,000 blocks that wait",
        "title: A\n"
        + NETWORK
        + "\nscreens:\n"
        + ("  - title: S\n    blocks:\n" + "      - {text: a, after: Z1}\n      - {number: n, answer: 1}\n" * 90) * 17,
    )
    yield "5,000 options", lesson("- choose: A\n  options: [" + "{text: a}, " * 5_000 + "]")
    yield "5,000 steps to order", lesson("- order: A\n  steps: [" + ", ".join(f"s{n}" for n in range(5_000)) + "]")
    yield "5,000 gaps", lesson("- fill: '" + "____ " * 5_000 + "'\n  gaps: [" + "a, " * 5_000 + "]")
    yield "5,000 quantities", lesson("- ask: [" + "Z1, " * 5_000 + "]")
    yield "5,000 hints", lesson("- ask: Z1\n  hints: [" + "a, " * 5_000 + "]")
    yield "a wide row", lesson("- table:\n    columns: [a]\n    rows: [[" + "1, " * 30_000 + "]]")
    yield "long columns", lesson("- table:\n    columns: [" + "a, " * 900 + "]\n    rows: [[1]]")
    yield "decimals", lesson("- ask: Z1\n  decimals: 99999999999999999999")
    yield "within", lesson("- number: A\n  answer: 1\n  within: .nan")
    yield "a version", "tutor: 99999999999999999999\ntitle: A\n"
    yield "a long version", "tutor: " + "9" * 4_000 + "\ntitle: A\n"
    yield "a long id", lesson(top="id: " + "i" * 50_000)
    yield "an id that is a path", lesson(top="id: ../../../etc/passwd")
    yield "an id of controls", lesson(top='id: "\\x1b[2J"')
    yield "allow", lesson(top="allow: {" + ", ".join(f"w{n}: a" for n in range(900)) + "}")
    yield "needs", lesson(top="needs: [../../x, evil.x, 'a b', '', '-m']")
    yield "requires", lesson(top="requires: [" + "a, " * 900 + "]")
    for kind in (
        "text",
        "given",
        "diagram",
        "derive",
        "table",
        "plot",
        "image",
        "run",
        "number",
        "expression",
        "choose",
        "order",
        "fill",
        "write",
        "lab",
        "ask",
    ):
        yield f"{kind} of nothing", lesson(f"- {kind}:")
        yield f"{kind} of itself", lesson(f"- {kind}: {{{kind}: {{{kind}: 1}}}}")


def _programs() -> Files:
    def lab(check: str, more: str = "") -> str:
        return lesson(f"- lab: A\n  checks: [{check}]\n{more}")

    yield "a pattern that takes for ever", lab("{prints: '(a+)+$'}")
    yield "a pattern of repeats", lab("{prints: '(?:(?:a{1000}){1000}){1000}'}")
    yield "a pattern of brackets", lab("{prints: '" + "(" * 400 + "'}")
    yield "a long pattern", lab("{prints: '" + "a?" * 20_000 + "'}")
    yield "a pattern of alternatives", lab("{prints: '" + "|".join(["(a|aa)+"] * 50) + "'}")
    yield "a time limit", lab("{python: pass}", "  time_limit: 100000")
    yield "no time", lab("{python: pass}", "  time_limit: 0")
    yield "time before now", lesson("- run: print(1)\n  time_limit: -5")
    yield "Python of brackets", lab("{python: '" + "(" * 50_000 + "'}")
    yield "Python of signs", lab("{variable: '" + "-" * 50_000 + "1', equals: 1}")
    yield "Python of terms", lab("{call: '" + "+".join("1" * 20_000) + "', equals: 1}")
    yield "Python with a nul", lab('{python: "a = 1\\0"}')
    yield "nested lists to equal", lab("{variable: a, equals: " + "[" * 30 + "1" + "]" * 30 + "}")
    yield (
        "spoilt solutions",
        lab("{python: pass}", "  solution: a\n  wrong: [" + "{replace: [a, b], fails: 1}, " * 500 + "]"),
    )
    yield "dots to print", lesson("- run: print(1)\n  output: '" + "… " * 20_000 + "'")
    yield "a tolerance", lesson("- run: print(1)\n  output: {text: 1, within: .inf}")
