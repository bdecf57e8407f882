"""Times kafkalint beside yamllint, and kube-linter and kube-score where they are on PATH; prints a Markdown table."""

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

RUNS = 15


def tool(name: str) -> str | None:
    """A program beside this interpreter, else on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def run(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of one whole process."""
    # Bytecode is written, as it is wherever a tool is installed: without it every start compiles every module.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(tools: dict[str, list[str]], cwd: Path, runs: int) -> dict[str, str]:
    """Median, best and memory of each tool in words; they take turns, so that a busy minute hits them all alike."""
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in tools}
    for number in range(runs + 1):
        for name, command in tools.items():
            result = run(command, cwd)
            if number:
                results[name].append(result)
    return {name: in_words(found) for name, found in results.items()}


def in_words(results: list[tuple[float, float]]) -> str:
    """The cells of a row."""
    seconds = [result[0] for result in results]
    memory = max(result[1] for result in results)
    return f"{statistics.median(seconds) * 1000:,.0f} ms (best {min(seconds) * 1000:,.0f}) | {memory:,.0f} MiB"


def commands(target: str) -> dict[str, list[str]]:
    """Each tool's own way to look at a path."""
    found = {
        "kafkalint": [tool("kafkalint"), "check", "--fail-on", "never", target],
        "kafkalint --diff": [tool("kafkalint"), "check", "--diff", "--unsafe-fixes", target],
        "yamllint": [tool("yamllint"), "-d", "relaxed", target],
        "kube-linter": [tool("kube-linter"), "lint", target],
        "kube-score": [tool("kube-score"), "score", target],
    }
    return {name: [str(part) for part in command] for name, command in found.items() if command[0]}


def main() -> None:
    """Build the inputs, time every tool on each."""
    missing = [name for name in ("kafkalint", "yamllint") if tool(name) is None]
    if missing:
        sys.exit(f"not in this environment: {', '.join(missing)}; pip install {' '.join(missing)}")
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
            tools = commands(target)
            if folder == "repository":
                tools.pop("yamllint")  # minutes
                tools.pop("kube-score", None)  # takes files and no directories
            for name, cells in measure(tools, root / folder, runs).items():
                print(f"| {folder} | {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
