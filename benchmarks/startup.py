"""What starting costs: a cold `epochlint check` of small files, and of our peers, as ratios to `python -c pass`.

    python benchmarks/startup.py [--runs 15]

Each command runs in a fresh process, in turn with the bare interpreter; what counts is the processor time of the
process (user and system) as the operating system reports it, and the median of the ratios. Peers that are not
installed are left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

FILES = {
    "nothing.py": "import os\n\nprint(os.getcwd())\n",
    "train.yaml": (
        "output_dir: out\nper_device_train_batch_size: 8\nmax_steps: 1000\nnum_train_epochs: 3\nlearning_rate: 1.0e-5\n"
    ),
    "train.json": '{"output_dir": "out", "per_device_train_batch_size": 8, "max_steps": 1000, "warmup_steps": 10}\n',
    "train.py": (
        "from transformers import TrainingArguments\n\n"
        'args = TrainingArguments("out", num_train_epochs=3, max_steps=1000, per_device_train_batch_size=8)\n'
    ),
}  # fmt: skip

PEERS = {"ruff": "ruff check --no-cache {}", "flake8": "flake8 {}", "yamllint": "yamllint {}", "pylint": "pylint {}"}


def processor_seconds(command: list[str], folder: str) -> float:
    """Run a command and return the processor time that it and its children took, in seconds."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return usage.ru_utime + usage.ru_stime


def ratio(command: list[str], folder: str, runs: int) -> float:
    """Return the median ratio of a command to the bare interpreter, run in turn."""
    bare = [sys.executable, "-c", "pass"]
    processor_seconds(command, folder)
    return statistics.median(processor_seconds(command, folder) / processor_seconds(bare, folder) for _ in range(runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        print(f"{'processor time / python -c pass':40} {'ratio':>6}")
        for name in FILES:
            command = [sys.executable, "-m", "epochlint", "check", name]
            print(f"{'epochlint check ' + name:40} {ratio(command, folder, runs):6.1f}")
        for peer, template in PEERS.items():
            if shutil.which(peer):
                name = "train.yaml" if peer == "yamllint" else "train.py"
                print(f"{peer + ' ' + name:40} {ratio(template.format(name).split(), folder, runs):6.1f}")


if __name__ == "__main__":
    main()
