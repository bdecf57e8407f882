"""Helm as Kustomize may call it: what a kustomization says is told to Helm as it stands, options included."""

from __future__ import annotations

import os
import shlex
import sys

# What Kustomize gives by itself (api/types/helmchartargs.go, HelmChartInflationGenerator); every other option comes
# from a value that Helm would take for one, and one of Helm's options runs programs.
_TEMPLATE = (
    "--generate-name --namespace --name-template -f --values --api-versions --kube-version --include-crds --skip-tests "
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
{home}exec {helm} "$@"
"""
# Kustomize tells Helm of a home that a kustomization may have named.
_HOME = "export {}\n"
_FOLDERS = ("HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME")


def guarded(helm: str, folder: str, *, fetch: bool) -> str:
    """A program, put into this folder, that is this Helm for what Kustomize needs of it, and nothing else."""
    path = os.path.join(folder, "helm")
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(_script(helm, "" if fetch else folder))
    os.chmod(path, 0o700)
    # Where no script can be run, as on Windows or below a folder mounted so: Helm itself, and still no plugins.
    return path if sys.platform != "win32" and os.access(path, os.X_OK) else helm


def _script(helm: str, home: str) -> str:
    """The program; with a home of its own it fetches nothing, and without one it is as its user has it."""
    commands = ["template", "version", *([] if home else ["pull"])]
    options = _TEMPLATE if home else f"{_TEMPLATE} {_PULL}"
    told = " ".join(f"{name}={shlex.quote(home)}" for name in _FOLDERS)
    return _SCRIPT.format(
        commands=" | ".join(commands),
        options=" | ".join(options.split()),
        home=_HOME.format(told) if home else "",
        helm=shlex.quote(helm),
    )
