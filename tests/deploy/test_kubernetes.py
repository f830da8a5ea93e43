"""The manifests: valid by the published schemas, and with the values that an installation relies on."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.urls import resolve

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes"
VERSIONS = ("1.30", "1.37")


def documents() -> list[tuple[str, dict[str, Any]]]:
    files = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
    return [(path.name, one) for path in files for one in yaml.safe_load_all(path.read_text())]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for _, one in documents() if one["kind"] == kind and one["metadata"]["name"] == name]
    return found


def pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = named("Deployment", name)["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid_by_the_published_schema(version: str) -> None:
    for _, document in documents():
        kubernetes_validate.validate(document, version, strict=True)


def test_the_list_of_resources_names_every_manifest() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == sorted({name for name, _ in documents()})


def test_three_workers_run_under_the_label_that_operators_know() -> None:
    workers = named("Deployment", "workers")
    assert workers["spec"]["replicas"] == 3
    assert workers["metadata"]["labels"] == workers["spec"]["template"]["metadata"]["labels"] == {"app": "workers"}


@pytest.mark.parametrize("name", ["web", "workers", "scheduler"])
def test_redis_is_named_by_a_secret_and_memory_is_bounded(name: str) -> None:
    (container,) = pod(name)["containers"]
    variables = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in container["env"]}
    assert variables["REDIS_URL"] == {"name": "redis-secret", "key": "url"}
    assert "memory" in container["resources"]["limits"]
    assert pod(name)["securityContext"]["runAsNonRoot"] is True


def test_one_scheduler_runs() -> None:
    assert named("Deployment", "scheduler")["spec"]["replicas"] == 1


def test_workers_are_given_longer_than_their_jobs_have_to_finish() -> None:
    drain = int(named("ConfigMap", "quarry")["data"]["WORKER_SHUTDOWN_TIMEOUT"])
    assert pod("workers")["terminationGracePeriodSeconds"] > drain + 15


def test_the_autoscaler_scales_the_workers_by_the_metric_that_is_exported() -> None:
    scaler = named("HorizontalPodAutoscaler", "workers")["spec"]
    (metric,) = scaler["metrics"]
    exported = (FOLDER.parents[1] / "jobs" / "prometheus.py").read_text()
    assert f'"{metric["external"]["metric"]["name"]}"' in exported
    assert scaler["scaleTargetRef"]["name"] == "workers"
    assert scaler["minReplicas"] == 3


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_a_probe_asks_for_an_address_that_exists(probe: str) -> None:
    (container,) = pod("web")["containers"]
    path = container[probe]["httpGet"]["path"]
    # What no app knows is caught by a last pattern without a name.
    assert resolve(path).url_name
