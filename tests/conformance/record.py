"""Record anew what a framework really does with the configurations of the suite.

    python tests/conformance/record.py lightning              # writes vectors/lightning-vectors*.jsonl
    python tests/conformance/record.py lightning --check      # only tells which runs came out differently
    python tests/conformance/record.py lightning --environment DIR    # an environment to make, or to use again

One command for a framework: it makes an environment of its own, installs the versions below and runs the recorder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
TORCH = "torch==2.13.0"
ACCELERATE = "accelerate==1.15.0"


class Recorder(NamedTuple):
    """A recorder, what it needs, and the files of vectors that it records."""

    script: str
    packages: tuple[str, ...]
    files: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def _keras(backend: str, file: str, *packages: str) -> Recorder:
    needed = ("keras==3.15.1", *packages)
    return Recorder("record_keras", needed, (file,), (("KERAS_BACKEND", backend),))


RECORDERS = {
    "transformers": Recorder(
        "record_transformers",
        (TORCH, "transformers==5.23.0", ACCELERATE),
        ("hf_trainer-vectors.jsonl", "hf_trainer-vectors-world2.jsonl"),
    ),
    "transformers-4": Recorder(
        "record_transformers", (TORCH, "transformers==4.57.6", ACCELERATE), ("hf_trainer-vectors-v4.jsonl",)
    ),
    "lightning": Recorder(
        "record_lightning",
        (TORCH, "lightning==2.6.6"),
        ("lightning-vectors.jsonl", "lightning-vectors-world2.jsonl"),
    ),
    "keras": _keras("tensorflow", "keras-vectors.jsonl", "tensorflow-cpu==2.21.0", TORCH),
    "keras-torch": _keras("torch", "keras-vectors-torch.jsonl", TORCH, "tensorflow-cpu==2.21.0"),
    "keras-jax": _keras("jax", "keras-vectors-jax.jsonl", "jax==0.10.2", TORCH, "tensorflow-cpu==2.21.0"),
    "torch": Recorder("record_torch", (TORCH,), ("torch_sched-vectors.jsonl",)),
    "accelerate": Recorder(
        "record_accelerate",
        (TORCH, ACCELERATE),
        ("accelerate_loop-vectors.jsonl", "accelerate_loop-vectors-world2.jsonl"),
    ),
    "deepspeed": Recorder(
        "record_deepspeed",
        (TORCH, "setuptools<81", "wheel", "deepspeed==0.19.8", "transformers==5.23.0", ACCELERATE),
        ("deepspeed_batch-vectors.jsonl",),
    ),
    "mmengine": Recorder("record_mmengine", (TORCH, "setuptools<81", "mmengine==0.10.7"), ("mmengine-vectors.jsonl",)),
    "composer": Recorder("record_composer", ("mosaicml==0.32.1",), ("composer-vectors.jsonl",)),
    "trl": Recorder(
        "record_trl", (TORCH, "transformers", ACCELERATE, "datasets", "trl==1.16.0"), ("trl-vectors.jsonl",)
    ),
    "sentence-transformers": Recorder(
        "record_sentence_transformers",
        (TORCH, ACCELERATE, "datasets", "sentence-transformers==6.2.0"),
        ("sentence_transformers-vectors.jsonl",),
    ),
    "fastai": Recorder("record_fastai", ("fastai==2.8.12",), ("fastai-vectors.jsonl",)),
    "ignite": Recorder("record_ignite", (TORCH, "pytorch-ignite==0.5.5"), ("ignite-vectors.jsonl",)),
    "optax": Recorder("record_optax", ("jax==0.10.2", "optax==0.2.8"), ("optax-vectors.jsonl",)),
    "timm": Recorder("record_timm", (TORCH, "timm==1.0.31"), ("timm_sched-vectors.jsonl",)),
    "stable-baselines3": Recorder(
        "record_sb3", (TORCH, "gymnasium", "stable-baselines3==2.9.2"), ("sb3-vectors.jsonl",)
    ),
    "spacy": Recorder("record_spacy", ("spacy==3.8.18",), ("spacy-vectors.jsonl",)),
    # A checkout of NVIDIA/Megatron-LM (d98e8a64ddf3) is needed too: MEGATRON_SRC names it.
    "megatron-lm": Recorder("record_megatron", (TORCH, "transformers", "einops"), ("megatron_args-vectors.jsonl",)),
    "ultralytics": Recorder("record_ultralytics", (TORCH, "ultralytics==8.4.190"), ("ultralytics-vectors.jsonl",)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", choices=RECORDERS)
    parser.add_argument("--check", action="store_true", help="write nothing, tell what came out differently")
    parser.add_argument("--only", default="", metavar="ID,…", help="only these runs")
    parser.add_argument("--environment", type=Path, help="folder of the environment; else a temporary one")
    arguments = parser.parse_args()
    recorder = RECORDERS[arguments.framework]
    with tempfile.TemporaryDirectory(prefix="recorder") as temporary:
        folder = arguments.environment or Path(temporary)
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
            for package in recorder.packages:  # in order: a torch that is there is not replaced
                subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
        options = ["--check"] * arguments.check + ["--only", arguments.only]
        environment = {**os.environ, **dict(recorder.environment)}
        commands = [
            [python, HERE / "recorders" / f"{recorder.script}.py", HERE / "vectors" / file, *options]
            for file in recorder.files
        ]
        return max(subprocess.run(command, env=environment).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
