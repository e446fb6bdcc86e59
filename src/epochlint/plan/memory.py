"""What the plans of one run share: a quantity that comes out the same under two releases is derived once.

Everything that a plan finds out rests on which of the things that are tied to versions hold. These conditions are
numbered, and a set of them is a number with a bit for each: plans compare and join such sets all the time.
"""

from __future__ import annotations

from epochlint.knowledge.versions import admits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from epochlint.knowledge.catalogue import Versions

    Conditions: TypeAlias = int  # a set of conditions, one bit each
    Releases: TypeAlias = dict[str, str]  # package: the release that is assumed to be installed

NONE_ASKED = 0


class Memory:
    """Results by name, each with the conditions that it relied on and which of these held.

    Under other releases a result is the same if the same ones hold there too.
    """

    def __init__(self) -> None:
        self._bits: dict[Versions, Conditions] = {}
        self._versions: list[Versions] = []  # by the place of their bit
        self._installed: dict[tuple[tuple[str, str], ...], Installed] = {}
        self._results: dict[str, list[tuple[Conditions, Conditions, Any]]] = {}

    def condition(self, versions: Versions) -> Conditions:
        """Return the set of this one condition."""
        bit = self._bits.get(versions)
        if bit is None:
            bit = self._bits[versions] = 1 << len(self._versions)
            self._versions.append(versions)
        return bit

    def versions_of(self, place: int) -> Versions:
        return self._versions[place]

    def installed(self, releases: Releases) -> Installed:
        key = tuple(releases.items())
        if key not in self._installed:
            self._installed[key] = Installed(releases, self)
        return self._installed[key]

    def keep(self, name: str, result: Any, relied_on: Conditions, installed: Installed) -> None:
        self._results.setdefault(name, []).append((relied_on, installed.held(relied_on), result))

    def recall(self, name: str, installed: Installed) -> tuple[Any, Conditions] | None:
        """Return a result that is the same under these releases, and what it relied on."""
        for relied_on, held, result in self._results.get(name, ()):
            if installed.held(relied_on) == held:
                return result, relied_on
        return None


class Installed:
    """One set of releases, and which conditions hold under it; each is found out when it is first asked for."""

    def __init__(self, releases: Releases, memory: Memory) -> None:
        self.releases = releases
        self._memory = memory
        self._known: Conditions = NONE_ASKED
        self._held: Conditions = NONE_ASKED

    def held(self, asked: Conditions) -> Conditions:
        """Return those of some conditions that hold."""
        unknown = asked & ~self._known
        if unknown:
            self._find_out(unknown)
        return self._held & asked

    def _find_out(self, conditions: Conditions) -> None:
        self._known |= conditions
        while conditions:
            place = conditions.bit_length() - 1
            conditions ^= 1 << place
            if self._admit(self._memory.versions_of(place)):
                self._held |= 1 << place

    def _admit(self, versions: Versions) -> bool:
        releases = self.releases
        for package, specifier in versions:
            if package in releases and not admits(specifier, releases[package]):
                return False
        return True
