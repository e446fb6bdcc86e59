"""One thing that a rule is evaluated for: names with values, the user's own texts, and places."""

from __future__ import annotations

from epochlint.checking.standing import stands
from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.values import Known, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.places import Place
from epochlint.plan.planning import Planned


class Subject:
    """One thing a rule is evaluated for. Names that it does not know are looked up in the run's plan."""

    def __init__(self, planned: Planned, anchor: str) -> None:
        self.planned = planned
        self.anchor = anchor
        self._values: dict[str, Value] = {}
        self._texts: dict[str, str] = {}
        self._places: dict[str, Place] = {}

    def add(self, name: str, value: Value, place: Place | None = None, text: str = "") -> None:
        self._values[name] = value
        if place is not None:
            self._places[name] = place
        if text:
            self._texts[name] = text

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
        known = self._values.get(name)
        return known if known is not None else self.planned.derivation.value(name)

    def knows(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """Return the source text of a value, as the user wrote it."""
        if name in self._texts:
            return self._texts[name]
        setting = self.planned.environment.setting(name)
        return setting.text if setting else ""

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
