"""The alphabet: what each LaTeX command and each character is as Unicode, as ASCII, and how it is spaced."""

from __future__ import annotations

import unicodedata

from tutor.mathtext.nodes import Accent, Kind, Node, Symbol


def _table(kind: Kind, entries: str) -> dict[str, Symbol]:
    """``name:unicode:ascii`` per word; without the last part the name is the ASCII form."""
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
"""The commands whose scripts stand below and above."""

SPACES = {",": 1, ":": 1, ";": 1, " ": 1, "!": 0, "quad": 2, "qquad": 4, "enspace": 1, "thinspace": 1, "space": 1}
"""Explicit spaces, in cells; a negative space takes nothing away."""

ACCENTS = {
    "hat": ("\u0302", "^"), "widehat": ("\u0302", "^"), "bar": ("\u0304", "─"), "vec": ("\u20d7", "→"),
    "tilde": ("\u0303", "~"), "widetilde": ("\u0303", "~"), "dot": ("\u0307", "."), "ddot": ("\u0308", ".."),
    "check": ("\u030c", "v"), "breve": ("\u0306", "u"), "acute": ("\u0301", "´"), "grave": ("\u0300", "`"),
}  # fmt: skip
"""For each accent the combining mark and the sign that stands on a row of its own over a longer body."""

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
    **{mark: Symbol(mark, mark, Kind.CLOSE) for mark in ")]!?"},
    **{mark: Symbol(mark, mark, Kind.PUNCTUATION) for mark in ",;"},
    "+": Symbol("+", "+", Kind.BINARY),
    "-": Symbol("−", "-", Kind.BINARY),
    "−": Symbol("−", "-", Kind.BINARY),
    "*": Symbol("∗", "*", Kind.BINARY),
}
_BY_TEXT = {symbol.text: symbol for symbol in reversed(COMMANDS.values()) if symbol.kind is not Kind.FUNCTION}


def character(mark: str) -> Node:
    """Return the symbol of a character that stands for itself; typed Unicode (``θ``, ``≤``, ``ŷ``) is its command."""
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
"""Commands that change the look of letters. Fonts do not agree on a second weight in a terminal: bold stays plain."""


def styled(style: str, letter: str) -> str:
    """Return a capital in the alphabet of ``style``; any other character as it is."""
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
"""Characters that Unicode has as superscripts (⊤ is written as the T that transposes, ∗ is high already)."""

SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
"""Characters that Unicode has as subscripts."""


TYPED_SMALL = {mark: ("_", plain) for plain, mark in SUBSCRIPTS.items()} | {
    mark: ("^", plain) for plain, mark in reversed(SUPERSCRIPTS.items()) if mark not in "*′"
}
"""Sub- and superscripts that were typed as such, with the mark and the character that they stand for."""


def small(text: str, alphabet: dict[str, str]) -> str | None:
    """``text`` as super- or subscript, or None where Unicode lacks one of its characters.

    A comma between indices stays a comma: wᵢ,ⱼ.
    """
    if alphabet is SUBSCRIPTS and "," in text[1:-1]:
        parts = [small(part, alphabet) for part in text.split(",")]
        return None if None in parts else ",".join(part for part in parts if part)
    found = [alphabet.get(mark) for mark in text if mark != " "]
    return None if None in found or not found else "".join(mark for mark in found if mark)
