"""Helm as Kustomize may call it: what a kustomization says is told to Helm as it stands, options included."""

from __future__ import annotations

import os
import shlex
import sys

# What Kustomize gives by itself (api/types/helmchartargs.go, HelmChartInflationGenerator); every other option comes
# from a value that Helm would take for one, and one of Helm's options runs programs.
_TEMPLATE = (
    "--generate-name --namespace --name-template -f --api-versions --kube-version --include-crds --skip-tests "
    "--no-hooks --debug --devel -c --client --short"
)
_PULL = "--untar --untardir --repo --version"
_SCRIPT = """\
#!/bin/sh
case "$1" in
{commands}) ;;
*)
    echo "Error: kafkalint does not let Kustomize run helm $1" >&2
    exit 1
    ;;
esac
for word; do
    case "$word" in
    {options}) ;;
    -*)
        echo "Error: kafkalint does not let Kustomize give helm $word" >&2
        exit 1
        ;;
    esac
done
exec {helm} "$@"
"""


def guarded(helm: str, folder: str, *, fetch: bool) -> str:
    """A program, put into this folder, that is this Helm for what Kustomize needs of it, and nothing else."""
    path = os.path.join(folder, "helm")
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(_script(helm, fetch=fetch))
    os.chmod(path, 0o700)
    # Where no script can be run, as on Windows or below a folder mounted so: Helm itself, and still no plugins.
    return path if sys.platform != "win32" and os.access(path, os.X_OK) else helm


def _script(helm: str, *, fetch: bool) -> str:
    commands = ["template", "version", *(["pull"] if fetch else [])]
    options = f"{_TEMPLATE} {_PULL}" if fetch else _TEMPLATE
    return _SCRIPT.format(commands=" | ".join(commands), options=" | ".join(options.split()), helm=shlex.quote(helm))
