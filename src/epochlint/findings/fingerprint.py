"""A name for a finding that survives edits elsewhere: no line numbers, no derived values, no words of ours."""

from __future__ import annotations

from epochlint.findings.lines import text_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from epochlint.findings.finding import Finding

LENGTH = 32  # hexadecimal digits


def fingerprints(findings: Sequence[Finding], line_of: Callable[..., str]) -> tuple[str, ...]:
    """Return a fingerprint for each finding, in the same order.

    It is made of the rule's code, the path, the anchor (where in the structure of the file the finding is), the
    user's own text at the place with its spaces evened out, and a number that tells apart findings that are alike in
    all of this.
    """
    counts: dict[tuple[str, ...], int] = {}
    result = []
    for finding in findings:
        text = " ".join(text_at(line_of, finding.place).split())
        identity = (finding.code, finding.place.path, finding.anchor, text)
        counts[identity] = number = counts.get(identity, 0) + 1
        result.append(_hash((*identity, str(number))))
    return tuple(result)


def _hash(parts: tuple[str, ...]) -> str:
    from hashlib import sha256

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]
