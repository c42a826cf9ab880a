"""Tables of symbols: the Unicode form, the ASCII form and the spacing of each LaTeX command and character."""

from __future__ import annotations

import unicodedata

from tutor.mathtext.nodes import Accent, Kind, Node, Symbol


def _table(kind: Kind, entries: str) -> dict[str, Symbol]:
    """Read a table with one ``name:unicode:ascii`` per word; without the last part the name is the ASCII form."""
    table = {}
    for entry in entries.split():
        name, text, *rest = entry.split(":", 2)
        table[name] = Symbol(text, rest[0] if rest else name, kind)
    return table


_GREEK = """
    alpha:α beta:β gamma:γ delta:δ epsilon:ε varepsilon:ε:epsilon zeta:ζ eta:η theta:θ vartheta:ϑ:theta iota:ι kappa:κ
    lambda:λ mu:μ nu:ν xi:ξ omicron:ο pi:π varpi:ϖ:pi rho:ρ varrho:ϱ:rho sigma:σ varsigma:ς:sigma tau:τ upsilon:υ
    phi:φ varphi:ϕ:phi chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ
    Omega:Ω
"""
_ORDINARY = """
    partial:∂:d nabla:∇:grad infty:∞:inf ell:ℓ:l hbar:ℏ:hbar Re:ℜ:Re Im:ℑ:Im aleph:ℵ emptyset:∅:{} varnothing:∅:{}
    forall:∀:forall exists:∃:exists neg:¬:not lnot:¬:not top:⊤:T bot:⊥:bot angle:∠ triangle:△ degree:°:deg
    prime:′:' dots:…:... ldots:…:... cdots:⋯:... vdots:⋮:: ddots:⋱:... dotsc:…:... dotsb:⋯:... square:□:[] Box:□:[]
    checkmark:✓:ok star:⋆:* bullet:•:* dagger:†:+ ddagger:‡:++ vert:|:| Vert:‖:|| backslash:\\:\\ S:§:S
"""
_BINARY = """
    cdot:·:* times:×:x div:÷:/ pm:±:+- mp:∓:-+ ast:∗:* odot:⊙:(*) otimes:⊗:(x) oplus:⊕:(+) ominus:⊖:(-) cup:∪:u
    cap:∩:n setminus:∖:\\ land:∧:and wedge:∧:and lor:∨:or vee:∨:or bmod:mod:mod circ:∘:o
"""
_RELATIONS = """
    le:≤:<= leq:≤:<= leqslant:≤:<= ge:≥:>= geq:≥:>= geqslant:≥:>= ne:≠:!= neq:≠:!= lt:<:< gt:>:> ll:≪:<< gg:≫:>>
    approx:≈:~= simeq:≃:~= cong:≅:~= sim:∼:~ equiv:≡:== propto:∝:~ coloneqq:≔::= triangleq:≜:= in:∈:in notin:∉:notin
    ni:∋:ni subset:⊂:subset subseteq:⊆:subseteq supset:⊃:supset supseteq:⊇:supseteq mid:|:| nmid:∤:!| parallel:∥:||
    perp:⊥:perp models:⊨:|=
    vdash:⊢:|- to:→:-> rightarrow:→:-> gets:←:<- leftarrow:←:<- leftrightarrow:↔:<-> mapsto:↦:|->
    longrightarrow:⟶:--> longleftarrow:⟵:<-- longmapsto:⟼:|--> Rightarrow:⇒:=> Leftarrow:⇐:<= Leftrightarrow:⇔:<=>
    implies:⟹:==> impliedby:⟸:<== iff:⟺:<==> uparrow:↑:up downarrow:↓:down updownarrow:↕:updown nearrow:↗:up
    searrow:↘:down hookrightarrow:↪:-> rightharpoonup:⇀:-> leadsto:⇝:~>
"""
_OPERATORS = "sum:∑ prod:∏ coprod:∐ bigcup:⋃:union bigcap:⋂:intersection bigoplus:⨁:(+) bigotimes:⨂:(x) bigodot:⨀:(*)"
_INTEGRALS = "int:∫ iint:∬ iiint:∭ oint:∮"
_OPEN = "langle:⟨:< lfloor:⌊:floor( lceil:⌈:ceil( lvert:|:| lVert:‖:|| lbrace:{:{ lbrack:[:[ lparen:(:("
_CLOSE = "rangle:⟩:> rfloor:⌋:) rceil:⌉:) rvert:|:| rVert:‖:|| rbrace:}:} rbrack:]:] rparen:):)"
_FUNCTIONS = """
    exp log ln lg sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg det dim ker deg gcd Pr hom
"""
_LIMIT_FUNCTIONS = "max min sup inf lim argmax argmin limsup liminf"

COMMANDS: dict[str, Symbol] = {
    **_table(Kind.ORDINARY, _GREEK),
    **_table(Kind.ORDINARY, _ORDINARY),
    **_table(Kind.BINARY, _BINARY),
    **_table(Kind.RELATION, _RELATIONS),
    **_table(Kind.OPERATOR, _OPERATORS),
    **_table(Kind.OPERATOR, _INTEGRALS),
    **_table(Kind.OPEN, _OPEN),
    **_table(Kind.CLOSE, _CLOSE),
    **{name: Symbol(name, name, Kind.FUNCTION) for name in (_FUNCTIONS + _LIMIT_FUNCTIONS).split()},
    "colon": Symbol(":", ":", Kind.PUNCTUATION),
    "{": Symbol("{", "{", Kind.OPEN),
    "}": Symbol("}", "}", Kind.CLOSE),
    "|": Symbol("‖", "||", Kind.ORDINARY),
    **{mark: Symbol(mark, mark, Kind.ORDINARY) for mark in "%$_&#"},
}
"""Every command that is a single symbol, by its name without the backslash."""

STACKED_LIMITS = frozenset([*_table(Kind.OPERATOR, _OPERATORS), *_LIMIT_FUNCTIONS.split()])
"""The commands whose scripts go below and above."""

SPACES = {",": 1, ":": 1, ";": 1, " ": 1, "!": 0, "quad": 2, "qquad": 4, "enspace": 1, "thinspace": 1, "space": 1}
"""Explicit spaces, in cells; a negative space counts as 0."""

ACCENTS = {
    "hat": ("\u0302", "^"), "widehat": ("\u0302", "^"), "bar": ("\u0304", "─"), "vec": ("\u20d7", "→"),
    "tilde": ("\u0303", "~"), "widetilde": ("\u0303", "~"), "dot": ("\u0307", "."), "ddot": ("\u0308", ".."),
    "check": ("\u030c", "v"), "breve": ("\u0306", "u"), "acute": ("\u0301", "´"), "grave": ("\u0300", "`"),
}  # fmt: skip
"""For each accent, the combining mark and the sign that is drawn on the row above a longer body."""

_ACCENT_OF = {mark: name for name, (mark, _) in reversed(ACCENTS.items())}

NEGATED = {
    "=": "≠",
    "∈": "∉",
    "⊂": "⊄",
    "⊆": "⊈",
    "≡": "≢",
    "<": "≮",
    ">": "≯",
    "≤": "≰",
    "≥": "≱",
    "∼": "≁",
    "≈": "≉",
    "∃": "∄",
    "∥": "∦",
}

_CHARACTERS = {
    **{mark: Symbol(mark, mark, Kind.RELATION) for mark in "=<>:"},
    **{mark: Symbol(mark, mark, Kind.OPEN) for mark in "(["},
    **{mark: Symbol(mark, mark, Kind.CLOSE) for mark in ")]!"},
    "?": Symbol("?", "?", Kind.ORDINARY),  # it stands for a number that is still to be found
    **{mark: Symbol(mark, mark, Kind.PUNCTUATION) for mark in ",;"},
    "+": Symbol("+", "+", Kind.BINARY),
    "-": Symbol("−", "-", Kind.BINARY),
    "−": Symbol("−", "-", Kind.BINARY),
    "*": Symbol("∗", "*", Kind.BINARY),
}
_BY_TEXT = {symbol.text: symbol for symbol in reversed(COMMANDS.values()) if symbol.kind is not Kind.FUNCTION}


def character(mark: str) -> Node:
    """Return the symbol for a character; typed Unicode (``θ``, ``≤``, ``ŷ``) gives the same symbol as its command."""
    if symbol := _CHARACTERS.get(mark) or _BY_TEXT.get(mark):
        return symbol
    parts = "" if mark.isascii() else unicodedata.normalize("NFD", mark)
    if len(parts) == 2 and parts[1] in _ACCENT_OF:
        return Accent(_ACCENT_OF[parts[1]], character(parts[0]))
    return Symbol(mark, TYPED_SMALL.get(mark, ("", mark))[1])


_BLACKBOARD = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ", "1": "𝟙"}
_SCRIPT = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"}
_FRAKTUR = {"C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"}
_ALPHABETS = {
    "mathbb": (_BLACKBOARD, 0x1D538),
    "mathcal": (_SCRIPT, 0x1D49C),
    "mathscr": (_SCRIPT, 0x1D49C),
    "mathfrak": (_FRAKTUR, 0x1D504),
}
STYLES = frozenset(_ALPHABETS) | frozenset(
    ["mathbf", "mathrm", "mathit", "mathsf", "mathtt", "mathnormal", "boldsymbol", "bm", "pmb"]
)
"""Commands that change the look of letters. Bold is drawn plain: many terminal fonts have no second weight."""


def styled(style: str, letter: str) -> str:
    """Return a capital letter in the alphabet of ``style``; any other character unchanged."""
    if style not in _ALPHABETS or len(letter) != 1:
        return letter
    named, first = _ALPHABETS[style]
    if letter in named and not (letter == "1" and style != "mathbb"):
        return named[letter]
    return chr(first + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter


SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφχ⊤′∘°∗",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵡᵀ′°°*",
        strict=True,
    )
)
"""Characters that have a superscript form (⊤ becomes the T of a transpose; ∗ is already raised)."""

SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
"""Characters that have a subscript form."""


TYPED_SMALL = {mark: ("_", plain) for plain, mark in SUBSCRIPTS.items()} | {
    mark: ("^", plain) for plain, mark in reversed(SUPERSCRIPTS.items()) if mark not in "*′"
}
"""Unicode sub- and superscript characters, with ``_`` or ``^`` and the plain character of each."""


def small(text: str, alphabet: dict[str, str]) -> str | None:
    """Return ``text`` in super- or subscript characters, or None if Unicode lacks one of them.

    A comma between indices stays a comma: wᵢ,ⱼ.
    """
    if alphabet is SUBSCRIPTS and "," in text[1:-1]:
        parts = [small(part, alphabet) for part in text.split(",")]
        return None if None in parts else ",".join(part for part in parts if part)
    found = [alphabet.get(mark) for mark in text if mark != " "]
    return None if None in found or not found else "".join(mark for mark in found if mark)
