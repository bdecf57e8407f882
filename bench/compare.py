"""Times kafkalint beside yamllint, and beside kube-linter and kube-score where they are on PATH; prints a Markdown table."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import rendering, repository, small

RUNS = 7


def tool(name: str) -> str | None:
    """A program beside this interpreter, else on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def run(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of one whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def measure(command: list[str], cwd: Path, runs: int) -> str:
    """Median, best and memory in words."""
    run(command, cwd)
    results = [run(command, cwd) for _ in range(runs)]
    seconds = [result[0] for result in results]
    memory = max(result[1] for result in results)
    return f"{statistics.median(seconds) * 1000:,.0f} ms (best {min(seconds) * 1000:,.0f}) | {memory:,.0f} MiB"


def commands(target: str) -> dict[str, list[str]]:
    """Each tool's own way to look at a path."""
    found = {
        "kafkalint": [tool("kafkalint"), "check", "--fail-on", "never", target],
        "yamllint": [tool("yamllint"), "-d", "relaxed", target],
        "kube-linter": [tool("kube-linter"), "lint", target],
        "kube-score": [tool("kube-score"), "score", target],
    }
    return {name: [str(part) for part in command] for name, command in found.items() if command[0]}


def main() -> None:
    """Build the inputs, time every tool on each."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        (root / "small").mkdir()
        (root / "small" / "kafka.yaml").write_text(small())
        (root / "rendering").mkdir()
        (root / "rendering" / "all.yaml").write_text(rendering())
        repository(root / "repository")
        print("| input | tool | wall time | peak memory |\n|---|---|---|---|")
        for folder, target, runs in (
            ("small", "kafka.yaml", RUNS),
            ("rendering", "all.yaml", RUNS),
            ("repository", ".", 3),
        ):
            for name, command in commands(target).items():
                if folder == "repository" and name in ("yamllint", "kube-score"):
                    continue  # minutes, or no directories at all
                print(f"| {folder} | {name} | {measure(command, root / folder, runs)} |", flush=True)


if __name__ == "__main__":
    main()
