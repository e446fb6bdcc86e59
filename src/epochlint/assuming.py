"""What a user says beside the files: assumptions, policies, a release to compare with. A name that means nothing is
wrong use, with a suggestion."""

from __future__ import annotations

from epochlint.errors import UsageError, did_you_mean
from epochlint.expressions.values import Known
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.runs.run import Assumption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.checking.policies import Policy
    from epochlint.configuration import options as configured
    from epochlint.knowledge.index import Index
    from epochlint.places import Place


def assumption(index: Index, name: str, value: str, given: str, place: Place | None = None) -> Assumption:
    """Understand `NAME=VALUE`; `given` tells in a message where it was said, `place` is that of a comment."""
    origin = "comment" if place is not None else "assumed"
    if _is_number_of_a_run(index, name):
        from epochlint.findings.directives import scalar_of

        wrong = QUANTITIES[name].refuses(scalar_of(value)) if name in QUANTITIES else ""
        if wrong:
            raise UsageError(given + wrong)
        return Assumption(name, Known(scalar_of(value)), origin, place)
    packages = index.packages()
    if name in packages:
        return Assumption(name, Known(value), origin, place)
    hint = did_you_mean(name, (*QUANTITIES, *packages))
    raise UsageError(f"{given}{name!r} is no quantity, option or package that epochlint knows{hint}")


def policy(index: Index, given: configured.Policy) -> Policy:
    from epochlint.checking.policies import Policy

    policy = Policy(*given)
    if _is_number_of_a_run(index, policy.name):
        return policy
    hint = did_you_mean(policy.name, tuple(QUANTITIES))
    raise UsageError(f"{policy.origin}: policies: {policy.name!r} is no quantity or option{hint}")


def other_release(index: Index, package: str, release: str) -> tuple[str, str]:
    """Return a package and its release, once both are known to be such."""
    from epochlint.knowledge.versions import is_release

    packages = index.packages()
    if package not in packages:
        hint = did_you_mean(package, packages)
        raise UsageError(f"--against: {package!r} is no package whose releases epochlint knows{hint}")
    if not is_release(release):
        raise UsageError(f"--against: {release!r} is no release, such as 1.2 or 4.52.0")
    return package, release


def _is_number_of_a_run(index: Index, name: str) -> bool:
    return name in QUANTITIES or bool(index.frameworks_with_option(name))
