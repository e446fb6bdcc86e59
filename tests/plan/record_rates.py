"""Record the learning rates that real schedulers give, over random parameters.

    python record_rates.py torch|transformers|keras|optax [CASES [FILE]]

Run it with an interpreter that has the library (torch 2.13.0; transformers 5.23.0; keras 3.15.1 with any backend;
optax 0.2.8). It replaces that library's part of recorded_rates.json. A case is {"schedule" or "composed", "base",
"parameters", "rates": [[tick, rate], …], "raises": tick or null}; the rate at a tick is the one after so many calls.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import sys
from importlib import import_module
from typing import Any

HERE = pathlib.Path(__file__).parent
Case = dict[str, Any]
MOST_TICKS = 160


def ticks(draw: random.Random, until: int = MOST_TICKS) -> list[int]:
    """The first ticks, and some later ones."""
    return sorted({0, 1, 2, 3, *(draw.randrange(until) for _ in range(16))})


def case(
    schedule: str, parameters: dict[str, Any], rates: list[list[float]], base: float | None = None, **more: Any
) -> Case:
    return {"schedule": schedule, "base": base, "parameters": parameters, "rates": rates, **more}


# --- torch ------------------------------------------------------------------------------------------------------------

TORCH_NAMES = {
    "StepLR": "torch-step",
    "MultiStepLR": "torch-multi-step",
    "ConstantLR": "torch-constant",
    "LinearLR": "torch-linear",
    "ExponentialLR": "torch-exponential",
    "PolynomialLR": "torch-polynomial",
    "CosineAnnealingLR": "torch-cosine-annealing",
    "CosineAnnealingWarmRestarts": "torch-cosine-warm-restarts",
    "OneCycleLR": "torch-one-cycle",
    "CyclicLR": "torch-cyclic",
}


def torch_parameters(name: str, draw: random.Random) -> dict[str, Any]:
    """Random arguments, edges included."""
    length = draw.choice([1, 2, 3, 7, 10, 30, 50, 100, 300])
    every: dict[str, dict[str, Any]] = {
        "StepLR": {"step_size": draw.choice([length, -3]), "gamma": draw.choice([0.1, 0.5, 0.97, 1.1])},
        "MultiStepLR": {
            "milestones": [draw.choice([0, 1, 5, 5, 12, 40, 80, 2.5]) for _ in range(draw.randint(1, 4))],
            "gamma": draw.choice([0.1, 0.5, 2.0]),
        },
        "ConstantLR": {
            "factor": draw.choice([0.0, 0.25, 1.0]) or 0.3,
            "total_iters": draw.choice([length, 0, 2.5, 4.0]),
        },
        "LinearLR": {
            "start_factor": draw.choice([0.001, 0.1, 1.0]),
            "end_factor": draw.choice([0.0, 0.5, 1.0]) or 0.2,
            "total_iters": draw.choice([length, 0, 2.5]),
        },
        "ExponentialLR": {"gamma": draw.choice([0.9, 0.99, 1.01])},
        "PolynomialLR": {"total_iters": draw.choice([length, 0, 7.5]), "power": draw.choice([0.5, 1.0, 2.0])},
        "CosineAnnealingLR": {"T_max": draw.choice([length, -7]), "eta_min": draw.choice([0.0, 0.001, 0.5])},
        "CosineAnnealingWarmRestarts": {
            "T_0": length,
            "T_mult": draw.choice([1, 1, 2, 3]),
            "eta_min": draw.choice([0.0, 0.001]),
        },
        "OneCycleLR": {
            "max_lr": draw.choice([0.1, 1.0]),
            **draw.choice([{"total_steps": length}, {"epochs": 3, "steps_per_epoch": length}]),
            "pct_start": draw.choice([0.3, 0.1, 0.5, 0.25]),
            "anneal_strategy": draw.choice(["cos", "linear"]),
            "div_factor": draw.choice([25.0, 10.0]),
            "final_div_factor": draw.choice([10000.0, 10.0]),
            "three_phase": draw.choice([False, False, True]),
        },
        "CyclicLR": {
            "base_lr": 0.01,
            "max_lr": 0.2,
            "step_size_up": draw.choice([3, 10, 20]),
            "step_size_down": draw.choice([None, 5, 12]),
            "mode": draw.choice(["triangular", "triangular2", "exp_range"]),
            "gamma": draw.choice([0.99, 1.0]),
            "cycle_momentum": False,
        },
    }
    some = every[name]
    return {key: value for key, value in some.items() if draw.random() < 0.9 or key in REQUIRED.get(name, ())}


REQUIRED = {
    "StepLR": ("step_size",),
    "MultiStepLR": ("milestones",),
    "ExponentialLR": ("gamma",),
    "CosineAnnealingLR": ("T_max",),
    "CosineAnnealingWarmRestarts": ("T_0",),
    "OneCycleLR": ("max_lr", "total_steps", "epochs", "steps_per_epoch"),
    "CyclicLR": ("base_lr", "max_lr", "cycle_momentum", "step_size_up"),
}


def record_torch(count: int) -> list[Case]:
    torch = import_module("torch")
    lr_scheduler = import_module("torch.optim.lr_scheduler")

    draw = random.Random(1)
    cases: list[Case] = []

    def optimizer(base: float) -> Any:
        return torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=base, momentum=0.9)

    def build(plan: Any, of: Any) -> Any:
        name, arguments = plan
        if name == "SequentialLR":
            return lr_scheduler.SequentialLR(
                of, [build(one, of) for one in arguments["of"]], milestones=arguments["at"]
            )
        if name == "ChainedScheduler":
            return lr_scheduler.ChainedScheduler([build(one, of) for one in arguments["of"]])
        return getattr(lr_scheduler, name)(of, **arguments)

    def walk(plan: Any, base: float) -> tuple[list[list[float]], int | None] | None:
        of = optimizer(base)
        try:
            scheduler = build(plan, of)
        except (ValueError, ZeroDivisionError):
            return None
        wanted, seen = set(ticks(draw)), []
        for tick in range(MOST_TICKS):
            if tick in wanted:
                seen.append([tick, float(of.param_groups[0]["lr"])])
            try:
                of.step()
                scheduler.step()
            except ValueError:
                return seen, tick + 1
            except ZeroDivisionError:
                return seen, None
        return seen, None

    for name, schedule in TORCH_NAMES.items():
        for _ in range(count):
            parameters, base = torch_parameters(name, draw), draw.choice([0.1, 1.0, 3e-4])
            found = walk((name, parameters), base)
            if found:
                cases.append(case(schedule, parameters, found[0], base, raises=found[1]))

    simple = ["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR"]

    def part(names: list[str]) -> Any:
        name = draw.choice(names)
        parameters = torch_parameters(name, draw)
        if name == "CosineAnnealingLR":
            parameters = {"T_max": 200} if draw.random() < 0.5 else parameters
        if name in ("ConstantLR", "LinearLR", "PolynomialLR"):
            parameters["total_iters"] = draw.choice([3, 20, 200])
        return name, parameters

    def told(plan: Any) -> dict[str, Any]:
        name, arguments = plan
        if name in ("SequentialLR", "ChainedScheduler"):
            return {
                "composed": "sequential" if name == "SequentialLR" else "chained",
                "of": [told(one) for one in arguments["of"]],
                "at": arguments.get("at", []),
            }
        return {"schedule": TORCH_NAMES[name], "parameters": arguments}

    for _ in range(count * 2):
        base = draw.choice([0.1, 1.0])
        if draw.random() < 0.5:
            at = sorted(draw.sample([0, 1, 5, 20, 60, 100], draw.randint(1, 2)))
            plan: Any = (
                "SequentialLR",
                {"of": [part([*simple, "CosineAnnealingWarmRestarts"]) for _ in range(len(at) + 1)], "at": at},
            )
        else:
            plan = ("ChainedScheduler", {"of": [part(simple) for _ in range(draw.randint(1, 3))]})
        found = walk(plan, base)
        if found:
            cases.append({**told(plan), "base": base, "rates": found[0], "raises": found[1]})
    return cases


# --- transformers -----------------------------------------------------------------------------------------------------


def record_transformers(count: int) -> list[Case]:
    torch = import_module("torch")
    transformers = import_module("transformers")

    draw = random.Random(2)
    cases: list[Case] = []

    def rates(make: Any, base: float) -> list[list[float]] | None:
        of = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=base)
        try:
            scheduler = make(of)
        except ValueError:
            return None
        return [[tick, base * scheduler.lr_lambdas[0](tick)] for tick in safe(scheduler.lr_lambdas[0], ticks(draw))]

    def safe(function: Any, wanted: list[int]) -> list[int]:
        found = []
        for tick in wanted:
            try:
                if not isinstance(function(tick), complex):
                    found.append(tick)
            except (ZeroDivisionError, ValueError):
                continue
        return found

    def some() -> dict[str, dict[str, Any]]:
        warmup, total = draw.choice([0, 1, 5, 20, 200]), draw.choice([1, 10, 60, 100, 1000])
        both = {"num_warmup_steps": warmup, "num_training_steps": total}
        least = draw.choice([{"min_lr": 1e-5}, {"min_lr_rate": 0.1}])
        return {
            "warmup-constant:get_constant_schedule_with_warmup": {"num_warmup_steps": warmup},
            "warmup-linear:get_linear_schedule_with_warmup": both,
            "warmup-cosine:get_cosine_schedule_with_warmup": {**both, "num_cycles": draw.choice([0.5, 0.5, 1.0, 2])},
            "warmup-cosine-restarts:get_cosine_with_hard_restarts_schedule_with_warmup": {
                **both,
                "num_cycles": draw.choice([1, 2, 3]),
            },
            "warmup-polynomial:get_polynomial_decay_schedule_with_warmup": {
                **both,
                "lr_end": draw.choice([1e-7, 1e-3]),
                "power": draw.choice([1.0, 2.0, 0.5]),
            },
            "warmup-inverse-sqrt:get_inverse_sqrt_schedule": {
                "num_warmup_steps": warmup,
                "timescale": draw.choice([None, 100, 30]),
            },
            "warmup-cosine-min:get_cosine_with_min_lr_schedule_with_warmup": {**both, **least},
            "warmup-cosine-min-shifted:get_cosine_with_min_lr_schedule_with_warmup_lr_rate": {
                **both,
                **least,
                "warmup_lr_rate": draw.choice([None, 0.2]),
            },
            "warmup-stable-decay:get_wsd_schedule": {
                "num_warmup_steps": warmup,
                "num_decay_steps": draw.choice([1, 20, 50]),
                **draw.choice([{"num_training_steps": total}, {"num_stable_steps": 30}]),
                "warmup_type": draw.choice(["linear", "cosine", "1-sqrt"]),
                "decay_type": draw.choice(["linear", "cosine", "1-sqrt"]),
                "min_lr_ratio": draw.choice([0, 0.1]),
            },
        }

    for _ in range(count):
        for key, parameters in some().items():
            schedule, function = key.split(":")
            base = draw.choice([5e-5, 0.1])
            found = rates(
                lambda of, function=function, parameters=parameters: getattr(transformers.optimization, function)(
                    of, **parameters
                ),
                base,
            )
            if found:
                cases.append(case(schedule, parameters, found, base))
        for name in (
            "linear",
            "cosine",
            "cosine_with_restarts",
            "polynomial",
            "constant",
            "constant_with_warmup",
            "inverse_sqrt",
        ):
            parameters = {
                "name": name,
                "num_warmup_steps": draw.choice([0, 5, 30]),
                "num_training_steps": draw.choice([50, 100]),
            }
            found = rates(
                lambda of, parameters=parameters: transformers.get_scheduler(
                    parameters["name"], of, *list(parameters.values())[1:]
                ),
                5e-5,
            )
            if found:
                cases.append(case("get-scheduler", parameters, found, 5e-5))
    return cases


# --- keras ------------------------------------------------------------------------------------------------------------


def record_keras(count: int) -> list[Case]:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = import_module("keras")

    keras.config.set_floatx("float64")
    draw = random.Random(3)
    cases: list[Case] = []
    for _ in range(count):
        length = draw.choice([1, 10, 40, 100])
        staircase = draw.choice([False, True])
        some: dict[str, dict[str, Any]] = {
            "ExponentialDecay": {
                "initial_learning_rate": 0.1,
                "decay_steps": length,
                "decay_rate": draw.choice([0.5, 0.96, 1.1]),
                "staircase": staircase,
            },
            "InverseTimeDecay": {
                "initial_learning_rate": 0.1,
                "decay_steps": length,
                "decay_rate": draw.choice([0.5, 2.0]),
                "staircase": staircase,
            },
            "PolynomialDecay": {
                "initial_learning_rate": draw.choice([0.1, 1e-5]),
                "decay_steps": length,
                "end_learning_rate": draw.choice([1e-4, 0.0]),
                "power": draw.choice([1.0, 2.0, 0.5]),
                "cycle": draw.choice([False, True]),
            },
            "CosineDecay": {
                "initial_learning_rate": draw.choice([0.0, 0.01]),
                "decay_steps": length,
                "alpha": draw.choice([0.0, 0.1]),
                **draw.choice(
                    [{}, {"warmup_steps": 7}, {"warmup_steps": 7, "warmup_target": 0.2}, {"warmup_target": 0.2}]
                ),
            },
            "CosineDecayRestarts": {
                "initial_learning_rate": 0.1,
                "first_decay_steps": length,
                "t_mul": draw.choice([1.0, 2.0, 1.5]),
                "m_mul": draw.choice([1.0, 0.9]),
                "alpha": draw.choice([0.0, 0.1]),
            },
            "PiecewiseConstantDecay": draw.choice(
                [
                    {"boundaries": [5, 30], "values": [0.1, 0.05, 0.001]},
                    {"boundaries": [10], "values": [0.1, 0.2]},
                ]
            ),
        }
        for name, parameters in some.items():
            made = getattr(keras.optimizers.schedules, name)(**parameters)
            found = [[tick, float(keras.ops.convert_to_numpy(made(tick)))] for tick in ticks(draw)]
            cases.append(case("keras-" + kebab(name), parameters, found))
    return cases


def kebab(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name).strip("-")


# --- optax ------------------------------------------------------------------------------------------------------------


def record_optax(count: int) -> list[Case]:
    jax = import_module("jax")
    optax = import_module("optax")

    jax.config.update("jax_enable_x64", True)
    draw = random.Random(4)
    cases: list[Case] = []

    def rates(function: Any) -> list[list[float]]:
        return [[tick, float(function(tick))] for tick in ticks(draw)]

    for number in range(count):
        length, begin = draw.choice([1, 10, 40, 100]), draw.choice([0, 5, -3])
        end = draw.choice([{}, {"end_value": 0.02}])
        growth = {
            "decay_rate": draw.choice([0.5, 0.96, 1.1, 0.0]),
            "staircase": draw.choice([False, True]),
            "transition_begin": begin,
        }
        warmup = {"init_value": draw.choice([0.0, 0.01]), "peak_value": 0.1, "warmup_steps": draw.choice([0, 1, 7])}
        some: dict[str, dict[str, Any]] = {
            "constant:constant_schedule": {"value": 0.1},
            "polynomial:polynomial_schedule": {
                "init_value": 0.1,
                "end_value": draw.choice([0.0, 0.2]),
                "power": draw.choice([1, 2, 0.5]),
                "transition_steps": draw.choice([length, 0]),
                "transition_begin": begin,
            },
            "linear:linear_schedule": {
                "init_value": 0.0,
                "end_value": 0.1,
                "transition_steps": draw.choice([length, 0]),
                "transition_begin": begin,
            },
            "cosine-decay:cosine_decay_schedule": {
                "init_value": 0.1,
                "decay_steps": length,
                "alpha": draw.choice([0.0, 0.1]),
                "exponent": draw.choice([1.0, 2.0]),
            },
            "exponential-decay:exponential_decay": {
                "init_value": 0.1,
                "transition_steps": draw.choice([length, 0]),
                **growth,
                **end,
            },
            "warmup-constant:warmup_constant_schedule": warmup,
            "warmup-cosine-decay:warmup_cosine_decay_schedule": {
                **warmup,
                "decay_steps": 7 + length,
                "end_value": draw.choice([0.0, 0.01]),
                "exponent": draw.choice([1.0, 2.0]),
            },
            "warmup-exponential-decay:warmup_exponential_decay_schedule": {
                **warmup,
                "transition_steps": length,
                **growth,
                **end,
            },
            "piecewise-constant:piecewise_constant_schedule": draw.choice(
                [
                    {"init_value": 0.1},
                    {"init_value": 0.1, "boundaries_and_scales": {5: 0.1, 40: 0.5}},
                ]
            ),
            "cosine-onecycle:cosine_onecycle_schedule": {
                "transition_steps": draw.choice([50, 100]),
                "peak_value": 0.1,
                "pct_start": draw.choice([0.3, 0.01, 0.5]),
            },
            "linear-onecycle:linear_onecycle_schedule": {
                "transition_steps": draw.choice([50, 100]),
                "peak_value": 0.1,
                "pct_start": 0.3,
                "pct_final": draw.choice([0.85, 0.5]),
            },
            "piecewise-interpolate:piecewise_interpolate_schedule": {
                "interpolate_type": ("linear", "cosine")[number % 2],
                "init_value": 0.1,
                "boundaries_and_scales": {5: 0.1, 40: 0.5, 60: 3.0},
            },
        }
        for key, parameters in some.items():
            schedule, function = key.split(":")
            found = rates(getattr(optax, function)(**parameters))
            told = {
                name: list(map(list, value.items())) if isinstance(value, dict) else value
                for name, value in parameters.items()
            }
            cases.append(case("optax-" + schedule, told, found))
        parts = [
            ("optax-linear", "linear_schedule", {"init_value": 0.0, "end_value": 0.1, "transition_steps": 10}),
            ("optax-cosine-decay", "cosine_decay_schedule", {"init_value": 0.1, "decay_steps": 50}),
            ("optax-constant", "constant_schedule", {"value": 0.01}),
        ]
        at = sorted(draw.sample([1, 10, 40, 90], 2))
        joined = optax.join_schedules([getattr(optax, name)(**arguments) for _, name, arguments in parts], at)
        of = [{"schedule": schedule, "parameters": arguments} for schedule, _, arguments in parts]
        cases.append({"composed": "sequential", "of": of, "at": at, "base": None, "rates": rates(joined)})
    return cases


def main() -> None:
    library, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 6
    file = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else HERE / "recorded_rates.json"
    record = {"torch": record_torch, "transformers": record_transformers, "keras": record_keras, "optax": record_optax}[
        library
    ]
    parts = json.loads(file.read_text()) if file.exists() else {}
    parts[library] = record(count)
    for one in parts[library]:
        one["rates"] = [[tick, float(f"{rate:.12g}")] for tick, rate in one["rates"]]
    lines = [f'"{name}": [\n' + ",\n".join(json.dumps(one) for one in parts[name]) + "\n]" for name in sorted(parts)]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
