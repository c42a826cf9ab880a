"""Remove what programs print around numbers: ``array(…)``, ``tensor(…, grad_fn=<…>)``, ``np.float64(…)``."""

from __future__ import annotations

import re

from tutor.reading.source import Source

_MODULE = r"(?:(?:np|numpy|torch|jnp|tf)\.)?"
_WRAPPER = re.compile(_MODULE + r"(?:array|asarray|matrix|tensor|Tensor|FloatTensor|DoubleTensor)\s*\(")
_SCALAR = re.compile(_MODULE + r"(?:float|int|double)_?(?:16|32|64)?\s*\(([^()]{0,60})\)")
_PARAMETER = re.compile(r"Parameter containing:\s*")
_DEEPEST, _LONGEST_KEYWORDS = 4, 300
_KEYWORDS = re.compile(r"""(?:,\s*[A-Za-z_]+\s*=\s*(?:<[^<>]*>|'[^']*'|"[^"]*"|\([^()]*\)|[\w.:]+)\s*)+,?\s*\)\s*$""")


def unwrapped(source: Source) -> Source:
    """Return what is inside the wrappers that NumPy and PyTorch print, without their keyword arguments.

    Raises:
        Unreadable: A wrapper's bracket is never closed.
    """
    if "(" not in source.plain:
        return source
    scalars = list(_SCALAR.finditer(source.plain))
    source = source.blanked(
        span for match in scalars for span in ((match.start(), match.start(1)), (match.end(1), match.end()))
    )
    if heading := _PARAMETER.match(source.plain):
        source = source.blanked([heading.span()])
    source = source.part(0, len(source.plain))
    # keep the learner's own name before a wrapper: Z = np.array([…])
    for _ in range(_DEEPEST):
        opening = _WRAPPER.search(source.plain)
        if opening is None:
            break
        length = len(source.plain)
        keywords = _KEYWORDS.search(source.plain, max(opening.end(), length - _LONGEST_KEYWORDS))
        if keywords is None and not source.plain.endswith(")"):
            raise source.error("This bracket is never closed.", opening.end() - 1, hint="Paste the whole of it.")
        close = keywords.start() if keywords else length - 1
        source = source.blanked([opening.span(), (close, length)]).part(0, length)
    return source
