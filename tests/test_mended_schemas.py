"""What fixes write is accepted by the API server: Kubernetes' own kinds and Strimzi's, held to their schemas."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from jsonschema import Draft4Validator
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
MENDED = sorted((ROOT / "fixtures").glob("*/bad*.fixed.yaml"))
KUBERNETES = "1.34"
# A folder with the CustomResourceDefinitions of Strimzi releases, one folder each (`1.2.0/040-Crd-kafka.yaml`).
CRDS = os.environ.get("KAFKALINT_STRIMZI_CRDS", "")
CORE_GROUPS = {"", "apps", "policy", "storage.k8s.io", "batch", "networking.k8s.io", "autoscaling"}


def objects(file: Path) -> Iterator[dict[str, Any]]:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # some fixtures are about them
    for data in yaml.load_all(file.read_bytes().decode("utf-8-sig")):
        if isinstance(data, dict) and isinstance(data.get("kind"), str):
            items = data.get("items")
            yield from [data] if not data["kind"].endswith("List") or not isinstance(items, list) else items


def faults_of_kubernetes(data: dict[str, Any]) -> set[str]:
    try:
        kubernetes_validate.validate(json.loads(json.dumps(data, default=str)), KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        return {f"{'.'.join(map(str, error.path))}: {error.message}"}
    except kubernetes_validate.SchemaNotFoundError:
        return set()
    return set()


def name_of(data: dict[str, Any]) -> tuple[str, str, str]:
    return str(data.get("apiVersion")), data["kind"], str((data.get("metadata") or {}).get("name"))


def group_of(data: dict[str, Any]) -> str:
    return str(data.get("apiVersion", "")).rpartition("/")[0]


def new_faults(file: Path, faults: Any, wanted: Any) -> dict[tuple[str, str, str], set[str]]:
    """What is wrong with mended objects and was not before: some fixtures are invalid on purpose."""
    before = {
        name_of(data): faults(data) for data in objects(file.with_name(file.name.replace(".fixed", ""))) if wanted(data)
    }
    after = {name_of(data): faults(data) for data in objects(file) if wanted(data)}
    return {name: found - before.get(name, set()) for name, found in after.items() if found - before.get(name, set())}


@pytest.mark.parametrize("file", MENDED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_kubernetes_takes_what_was_mended(file: Path) -> None:
    assert new_faults(file, faults_of_kubernetes, lambda data: group_of(data) in CORE_GROUPS) == {}


@pytest.mark.parametrize("file", MENDED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_strimzi_takes_what_was_mended(file: Path) -> None:
    mine = [data for data in objects(file) if group_of(data) == "kafka.strimzi.io"]
    if mine and not CRDS:
        pytest.skip("KAFKALINT_STRIMZI_CRDS names no folder with Strimzi's CustomResourceDefinitions")
    assert new_faults(file, faults_of_strimzi, lambda data: group_of(data) == "kafka.strimzi.io") == {}


def faults_of_strimzi(data: dict[str, Any]) -> set[str]:
    """The faults by the newest release that serves this version of the kind; none where no release does."""
    validators = [
        found for release in releases() if (found := validator(release, data["kind"], str(data["apiVersion"])))
    ]
    for one in validators[:1]:
        return {f"{'.'.join(map(str, error.path))}: {error.message}" for error in one.iter_errors(data)}
    return set()


@cache
def releases() -> list[Path]:
    folders = [folder for folder in Path(CRDS).iterdir() if folder.is_dir()]
    return sorted(folders, key=lambda folder: [int(part) for part in folder.name.split(".")], reverse=True)


@cache
def validator(release: Path, kind: str, api_version: str) -> Draft4Validator | None:
    for file in sorted(release.glob("*.yaml")):
        crd = definition(file)
        if crd["spec"]["names"]["kind"] == kind and crd["spec"]["group"] == api_version.partition("/")[0]:
            for version in crd["spec"]["versions"]:
                if version["name"] == api_version.partition("/")[2]:
                    return Draft4Validator(strict(deepcopy(version["schema"]["openAPIV3Schema"]), top=True))
    return None


@cache
def definition(file: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - CustomResourceDefinitions are long, and libyaml is quick

    loaded: dict[str, Any] = yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def strict(schema: dict[str, Any], *, top: bool = False) -> dict[str, Any]:
    """The schema as JSON Schema has it, in which a field that the API server would drop is a fault."""
    if schema.pop("x-kubernetes-int-or-string", False):
        schema.pop("type", None)
        schema["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if "properties" in schema:
        for below in schema["properties"].values():
            strict(below)
        if not schema.get("x-kubernetes-preserve-unknown-fields") and not top:
            schema.setdefault("additionalProperties", False)
    if isinstance(schema.get("items"), dict):
        strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        strict(schema["additionalProperties"])
    return schema
