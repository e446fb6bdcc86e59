"""What the names of a formula stand for in one run: options, properties and components (quantities are the
derivation's)."""

from __future__ import annotations

from epochlint.dialects.names import is_any_of
from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.values import FALSE, NONE, TRUE, UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import ComponentSpec, Framework, Option
from epochlint.knowledge.store import Catalogue
from epochlint.plan.memory import NONE_ASKED, Memory
from epochlint.plan.plan import Input
from epochlint.plan.settling import settled
from epochlint.records import replace
from epochlint.runs.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from epochlint.knowledge.catalogue import Versions
    from epochlint.plan.memory import Conditions, Releases

    T = TypeVar("T")

AHEAD = ".ahead"  # of an argument such as `epoch + 1`: how far it is ahead of the script's own counter
LAUNCHER = "launcher"  # the head of what is known of the launcher of a run


class Environment:
    """The options, objects and components of a run, as one set of releases would see them.

    `relied_on` gathers the conditions on versions that were asked for: whoever begins to listen puts an empty set in
    its place. Under releases for which all of these hold or do not hold alike, everything comes out the same; `memory`
    is what the plans of the run under other releases have found out.
    """

    def __init__(self, run: Run, catalogue: Catalogue, releases: Releases, memory: Memory | None = None) -> None:
        self.run = run
        self.framework: Framework = run.framework
        self.catalogue = catalogue
        self.memory = memory or Memory()
        self.installed = self.memory.installed(releases)
        self.relied_on: Conditions = NONE_ASKED
        self._settings = {setting.option: setting for setting in run.settings}
        self._properties = dict(run.properties)
        self.settled: dict[str, int] = {}  # symbols of the script that an assumption settles
        self.told: Callable[[str], Value | None] | None = None  # what the framework tells the script, by its symbol

    def in_force(self, versions: Versions) -> bool:
        """Tell whether something that is tied to versions holds for the releases at hand."""
        if not versions:
            return True
        condition = self.memory.condition(versions)
        self.relied_on |= condition
        return bool(self.installed.held(condition))

    def listened(self, work: Callable[[], T]) -> tuple[T, Conditions]:
        """Do some work; return what comes of it and the conditions that it relied on, for those who remember it."""
        outside, self.relied_on = self.relied_on, NONE_ASKED
        try:
            return work(), self.relied_on
        finally:
            self.relied_on |= outside

    def option(self, name: str) -> Option | None:
        """Return the option of this name that the release has, or another release has with the same meaning."""
        for option in self.framework.options_named(name):
            if option.steady or self.in_force(option.versions):
                return option
        return None

    def setting(self, name: str) -> Setting | None:
        return self._settings.get(name)

    def given(self, name: str) -> Value:
        """Tell whether an option is given a value that counts, or an object or component is there."""
        assumed = self._assumed(name)
        if assumed is not None:
            return assumed
        setting = self._settings.get(name)
        if setting is not None:
            option = self.framework.option(name)
            if isinstance(setting.value, Known):
                return FALSE if option is not None and _is_unset(setting.value.value, option) else TRUE
            return TRUE
        if self.components(name):
            return TRUE
        head, _, rest = name.partition(".")
        component = self.component(head)
        if rest and component is not None:
            found = component.setting(rest) is not None
            return UNKNOWN if not found and self._may_hold(name) else Known(found)
        if name in self._properties or any(key.startswith(name + ".") for key in self._properties):
            return TRUE
        if head == LAUNCHER:
            return FALSE  # it was looked for and not found; no configuration can hold it
        return FALSE if self.run.complete and not self._may_hold(name) else UNKNOWN

    def _assumed(self, name: str) -> Value | None:
        """Tell whether an assumption gives an option, by its own name or as the quantity that it states; None if there
        is no assumption about it."""
        if not self.run.assumptions:
            return None  # without asking which releases have the option: the answer does not rest on it
        option = self.option(name)
        for assumption in self.run.assumptions:
            if assumption.name == name or (option is not None and assumption.name == option.quantity):
                unset = isinstance(assumption.value, Known) and option and _is_unset(assumption.value.value, option)
                return FALSE if unset else TRUE
        return None

    def _may_hold(self, name: str) -> bool:
        """Tell whether this may stand in something that nobody could read: a `**mapping`, a file that is not there, a
        value that is not known."""
        head, _, rest = name.partition(".")
        component = self.component(head)
        if component is not None:
            return bool(rest) and component.setting("**") is not None
        whole = self._settings.get(head) if rest else None
        if whole is not None and (not whole.complete or self._names_a_file(whole)):
            return True
        wanted = next((one for one in self.framework.objects if one.name == head), None)
        return wanted is not None and "." in wanted.path and self._may_hold(wanted.path)

    def _names_a_file(self, setting: Setting) -> bool:
        """Tell whether an option names a file with options of its own; one that could be read is a component."""
        option = self.framework.option(setting.option)
        named = isinstance(setting.value, Known) and isinstance(setting.value.value, str)
        return option is not None and bool(option.reads) and named

    def is_a(self, name: str, *types: str) -> Value:
        """Tell whether an object is of one of these classes; unknown if the object is there and its class is not
        known."""
        component = self.component(name)
        if component is None:
            return FALSE if self.run.complete and not self._may_hold(name) else UNKNOWN
        return _is_one(component, types)

    def own_is_a(self, owner: Component, name: str, *types: str) -> Value:
        """Tell the same of an argument of a component."""
        if owner.setting(name) is None:
            return self.is_a(name, *types)
        part = owner.part(name)
        return UNKNOWN if part is None else _is_one(part, types)

    def components(self, name: str) -> tuple[Component, ...]:
        return tuple(component for component in self.run.components if name in (component.kind, component.slot))

    def component(self, name: str) -> Component | None:
        head, _, rest = name.partition(".")
        found = next(iter(self.components(head)), None)
        return found if found is None or not rest else found.part(rest)

    def spec(self, name: str) -> ComponentSpec | None:
        return next((spec for spec in self.framework.components if spec.name == name), None)

    def lookup(self, name: str) -> Input | None:
        """Return what an option, a property or a part of a component is, with its place; None for a name that is none
        of these."""
        found = self._looked_up(name)
        if found is None or not isinstance(found.value, Symbolic):
            return found
        return replace(found, value=self.settle(found.value))

    def settle(self, value: Value) -> Value:
        """Put what an assumption settles, and what the framework tells the script, in the place of symbols."""
        if not isinstance(value, Symbolic) or not (self.settled or self.framework.tells):
            return value
        return settled(value, self._meaning)

    def _meaning(self, symbol: str) -> Value | None:
        if symbol in self.settled:
            return Known(self.settled[symbol])
        return self.told(symbol) if self.told is not None else None

    def _looked_up(self, name: str) -> Input | None:
        setting = self._settings.get(name)
        option = self.option(name)
        if setting is not None and (option is None or not _means_unset(setting, option)):
            return Input(name, setting.value, setting.place or setting.given_at, setting.origin, setting.text)
        if option is not None:
            return self._default(name, option)
        return self._part(name)

    def _default(self, name: str, option: Option) -> Input:
        head = name.partition(".")[0]
        open_ = self._may_hold(name)
        if head != name and self.component(head) is None and not option.has_default and not open_:
            return Input(name, NONE, None, "framework-default")
        if open_ or not self.run.complete:
            return Input(name, Unknown(f"{name} may be given elsewhere", (name,)), None, "framework-default")
        if option.has_default:
            return Input(name, Known(option.default), None, "framework-default")
        return Input(name, NONE, None, "framework-default")

    def _part(self, name: str) -> Input | None:
        if name in self._properties:
            component = self.component(name.partition(".")[0])
            return Input(name, self._properties[name], component.place if component else None, "computed")
        head, _, rest = name.partition(".")
        component = self.component(head)
        if not rest:
            value = dict(component.properties).get("value", UNKNOWN) if component else NONE
            return Input(name, value, component.place if component else None, "literal") if component else None
        if component is None:
            spec = self.spec(head)
            if self._may_hold(name):
                return Input(name, UNKNOWN, None, "framework-default")
            return Input(name, NONE, None, "framework-default") if spec or self.framework.has_object(head) else None
        found = self._setting_of(component, rest)
        if found is None and rest.endswith(AHEAD):
            setting = component.setting(rest.removesuffix(AHEAD))
            return Input(name, _ahead(setting.value) if setting else NONE, component.place, "computed")
        return found or Input(name, UNKNOWN, component.place, "computed")

    def own(self, component: Component, name: str) -> Input | None:
        """Return an option of a component, by its name without a prefix; None if it has no such option."""
        spec = self.spec(component.kind)
        options = {option.name for option in spec.options} if spec else set()
        part = component.part(name.partition(".")[0]) if "." in name else None
        if name not in options and part is None and component.setting(name) is None:
            return None
        return self._setting_of(component, name) or Input(name, NONE, None, "framework-default")

    def _setting_of(self, component: Component, name: str) -> Input | None:
        head, _, rest = name.partition(".")
        part = component.part(head) if rest else None
        if part is not None:
            return self._setting_of(part, rest)
        setting = component.setting(name)
        full = f"{component.kind or component.slot}.{name}"
        if setting is not None:
            given = setting.pairs or setting.value
            return Input(full, given, setting.place or setting.given_at, setting.origin, setting.text)
        value = dict(component.properties).get(name)
        if value is not None:
            return Input(full, value, component.place, "computed")
        for option in self._options_of(component):
            if option.name == name and option.has_default and self.in_force(option.versions):
                return Input(full, Known(option.default), None, "framework-default")
        return None

    def _options_of(self, component: Component) -> tuple[Option, ...]:
        spec = self.spec(component.kind)
        if spec is not None:
            return spec.options
        if component.kind in self.catalogue.framework_names:
            return self.catalogue.framework(component.kind).options
        return ()


def _is_one(component: Component, types: tuple[str, ...]) -> Value:
    if is_any_of(component.types, types):
        return TRUE
    return FALSE if component.types else UNKNOWN


def _means_unset(setting: Setting, option: Option) -> bool:
    return (
        isinstance(setting.value, Known) and option.has_default and setting.value.value is None and None in option.unset
    )


def _is_unset(value: object, option: Option) -> bool:
    return any(value == unset and type(value) is type(unset) for unset in option.unset)


def _ahead(value: Value) -> Value:
    """Return the 1 of `epoch + 1`, 0 for a counter itself; unknown for anything else."""
    if not isinstance(value, Symbolic):
        return UNKNOWN
    from epochlint.plan.settling import lone_symbol

    added = value.term.parts.get(frozenset(), 0)
    counter = Symbolic(type(value.term)({one: factor for one, factor in value.term.parts.items() if one}))
    return Known(int(added)) if lone_symbol(counter) and added == int(added) else UNKNOWN
