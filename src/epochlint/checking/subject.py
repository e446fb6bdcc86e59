"""One thing that a rule is evaluated for: names with values, the user's own texts, and places."""

from __future__ import annotations

from epochlint.checking.made_of import Makings
from epochlint.checking.standing import stands
from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.aspects import bounds_of
from epochlint.expressions.evaluate import text_of
from epochlint.expressions.values import FALSE, UNKNOWN, Known, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.places import Place
from epochlint.plan.planning import Planned
from epochlint.runs.assembly import is_smoke

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Special: TypeAlias = dict[str, Callable[..., Value]]

TINY_RUN = 100  # optimizer steps: below it, an interval or a warmup that does not fit is a smoke test


class Facts:
    """Names with values and places, without a run behind them: a line of a file."""

    framework: str | None = None
    run: str | None = None

    def __init__(self, anchor: str, where: Place) -> None:
        self.anchor = anchor
        self.where = where
        self._values: dict[str, Value] = {}
        self._later: dict[str, Callable[[], Value]] = {}  # what is worked out when a rule asks for it
        self._texts: dict[str, str] = {}
        self._places: dict[str, Place] = {}

    def add(self, name: str, value: Value, place: Place | None = None, text: str = "") -> None:
        self._values[name] = value
        if place is not None:
            self._places[name] = place
        if text:
            self._texts[name] = text

    def add_later(self, name: str, work_out: Callable[[], Value]) -> None:
        """Make a name known whose value costs something: it is worked out when it is first asked for."""
        self._later[name] = work_out

    def value(self, name: str) -> Value:
        known = self._own(name)
        return UNKNOWN if known is None else known

    def _own(self, name: str) -> Value | None:
        if name in self._later:
            self._values[name] = self._later.pop(name)()
        return self._values.get(name)

    def knows(self, name: str) -> bool:
        return name in self._values or name in self._later

    def text(self, name: str) -> str:
        """Return the source text of a value, as the user wrote it."""
        return self._texts.get(name, "")

    def place(self, name: str) -> Place | None:
        return self._places.get(name)

    def is_own(self, place: Place) -> bool:
        """Tell whether a place is as good as any other for a finding."""
        del place
        return True

    def written(self, name: str) -> Value:
        """Tell whether somebody wrote the number behind a name."""
        return Known(self.knows(name)) if self.knows(name) else FALSE

    def form(self, name: str) -> Value:
        return self.value(name)

    def special(self) -> Special:
        """Return the functions of conditions that are answered by what knows the run."""
        return {}

    def is_smoke(self) -> bool:
        """Tell whether a consequence is not worth a warning here: a test, or a run of a few steps."""
        return is_smoke(self.where.path)

    def derivation(self, name: str) -> str:
        """Return how a quantity was computed, "" where it was not."""
        del name
        return ""


class Subject(Facts):
    """A part of a run. Names that it does not know are looked up in the run's plan."""

    def __init__(self, planned: Planned, anchor: str) -> None:
        super().__init__(anchor, planned.run.place)
        self.planned = planned
        self.framework = planned.run.framework.name
        self.run = planned.run.name
        self._makings: Makings | None = None

    @property
    def makings(self) -> Makings:
        if self._makings is None:
            self._makings = Makings(self.planned)
        return self._makings

    def add_setting(self, name: str, setting: Setting) -> None:
        """Make a setting known by `name`, with its option, its text and its place."""
        self.add(name, setting.value, stands(self.planned, setting), setting.text)
        self.add(f"{name}.option", Known(setting.option))
        self.add(f"{name}.origin", Known(setting.origin))
        self.add(f"{name}.overridable", Known(setting.overridable))

    def add_options(self, component: Component) -> None:
        """Make the options of a component known without a prefix."""
        for setting in component.settings:
            self.add(setting.option, setting.value, stands(self.planned, setting), setting.text)
        self._places.setdefault("option", component.place)

    def value(self, name: str) -> Value:
        known = self._own(name)
        return known if known is not None else self.planned.derivation.value(name)

    def text(self, name: str) -> str:
        if name in self._texts:
            return self._texts[name]
        setting = self.planned.environment.setting(name)
        return setting.text if setting else ""

    def is_own(self, place: Place) -> bool:
        """Tell whether a place is in the file of the run: a configuration is at fault, not the one that it is built
        on."""
        return not self.planned.run.configuration or place.path == self.planned.run.place.path

    def place(self, name: str) -> Place | None:
        """Return where a name stands: a part of the subject, an option, or the number behind a quantity."""
        if name in self._places:
            return self._places[name]
        if name == "run":
            return self.planned.run.place
        setting = self.planned.environment.setting(name)
        if setting is not None:
            return stands(self.planned, setting)
        component = self.planned.environment.component(name.partition(".")[0])
        if component is not None:
            inner = component.setting(name.partition(".")[2])
            return stands(self.planned, inner) if inner else component.place
        return self._place_of_quantity(name) if name in QUANTITIES else None

    def _place_of_quantity(self, quantity: str) -> Place | None:
        """Return where a quantity was asked for, else where the first number behind it stands."""
        for option in self.planned.run.framework.options:
            setting = self.planned.environment.setting(option.name) if option.quantity == quantity else None
            if setting is not None and (setting.place or setting.given_at):
                return stands(self.planned, setting)
        return self.planned.derivation.entry(quantity).place

    def written(self, name: str) -> Value:
        if self.knows(f"{name}.origin"):
            return Known(self.value(f"{name}.origin") != Known("framework-default"))
        return Known(self.planned.derivation.is_written(name))

    def form(self, name: str) -> Value:
        """Return what a number was made of, over the names of the script."""
        return self.value(name) if self.knows(name) else self.makings.form(name)

    def special(self) -> Special:
        return {**self.planned.derivation.special, "form_of": self.makings.form}

    def is_smoke(self) -> bool:
        if self.planned.run.smoke:
            return True
        tiny = self.planned.run.framework.tiny_run
        steps = self.planned.derivation.value("total_steps")
        bounds = bounds_of(steps)
        return bounds is not None and bounds[1] is not None and bounds[1] <= (TINY_RUN if tiny is None else tiny)

    def derivation(self, name: str) -> str:
        if name not in QUANTITIES or self.knows(name):
            return ""
        entry = self.planned.derivation.explained(name)
        if not isinstance(entry.value, Known) or not entry.substituted:
            return ""
        value = text_of(entry.value)
        if len(entry.inputs) <= 1 and all(used.value == entry.value for used in entry.inputs):
            return ""
        return "" if _is_handed_on(entry.substituted, value) else f"{name} = {entry.substituted} = {value}"


def _is_handed_on(formula: str, value: str) -> bool:
    """Tell whether a formula with its numbers says no more than the value: `floor(1,000)` for 1,000."""
    words = "".join(sign if sign.isalnum() or sign in ",._" else " " for sign in formula).split()
    numbers = [word for word in words if word[0].isdigit()]
    return len(words) <= 2 and all(number == value for number in numbers)
