"""What manifests and compose files name in each other, in the code and in the documentation is there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from deploy.local.home import ROOT
from tests.config.test_configuration_table import documented

from .test_containers import compose
from .test_kubernetes import documents, named, pod

GUIDE = (ROOT / "docs" / "deployment.md").read_text()
WORKLOADS = [one for _, one in documents() if one["kind"] in ("Deployment", "Job")]
#: Variables of the servers' own images.
OF_SERVERS = {"POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
BROWSER = "redis-browser"

every_workload = pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one["metadata"]["name"])


def spec_of(workload: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = workload["spec"]["template"]["spec"]
    return spec


def container_of(workload: dict[str, Any]) -> dict[str, Any]:
    (container,) = spec_of(workload)["containers"]
    assert isinstance(container, dict)
    return container


def nested(value: Any, key: str) -> Iterator[Any]:
    """What stands under `key`, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from nested(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from nested(inner, key)


def created_secrets() -> set[tuple[str, str]]:
    """Name and key of each secret that the guide's commands make."""
    return set(re.findall(r"create secret generic ([\w-]+) --from-literal=([\w-]+)=", GUIDE))


@every_workload
def test_a_pod_sets_only_variables_that_the_code_reads(workload: dict[str, Any]) -> None:
    names = {one["name"] for one in container_of(workload)["env"]}
    assert {"DATABASE_URL", "REDIS_URL", "DJANGO_SECRET_KEY"} <= names <= set(documented())


def test_the_config_map_holds_only_variables_that_the_code_reads() -> None:
    assert set(named("ConfigMap", "quarry")["data"]) <= set(documented())


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.workers.yml"])
def test_compose_sets_only_variables_that_the_code_reads(name: str) -> None:
    for service, said in compose(name)["services"].items():
        if service != BROWSER:
            assert set(said.get("environment", {})) <= set(documented()) | OF_SERVERS


@every_workload
def test_config_map_claims_and_volumes_that_a_pod_names_exist(workload: dict[str, Any]) -> None:
    for reference in nested(workload, "configMapRef"):
        assert named("ConfigMap", reference["name"])
    for claim in nested(workload, "claimName"):
        assert named("PersistentVolumeClaim", claim)
    mounted = {mount["name"] for mount in container_of(workload)["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec_of(workload)["volumes"]}


@every_workload
def test_secrets_that_a_pod_names_are_made_by_the_guide(workload: dict[str, Any]) -> None:
    asked = {(one["name"], one["key"]) for one in nested(workload, "secretKeyRef")}
    assert asked
    assert asked <= created_secrets()


@every_workload
def test_no_service_of_the_namespace_changes_a_pods_variables(workload: dict[str, Any]) -> None:
    """A service named redis would otherwise set REDIS_PORT to tcp://…, and Quarry reads a number there."""
    assert spec_of(workload)["enableServiceLinks"] is False


@every_workload
def test_what_a_pod_keeps_lies_in_the_home_of_the_image(workload: dict[str, Any]) -> None:
    (home,) = re.findall(r"QUARRY_HOME=(\S+)", (ROOT / "Dockerfile").read_text())
    kept = {mount["mountPath"] for mount in container_of(workload)["volumeMounts"] if mount["name"] == "files"}
    assert kept == {f"{home}/files", f"{home}/inbox"}


def test_probes_service_and_policies_meet_the_port_that_the_image_serves() -> None:
    (image_port,) = re.findall(r"^EXPOSE (\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    ports = {port["name"]: port["containerPort"] for port in container_of(named("Deployment", "web"))["ports"]}
    assert ports == {"http": int(image_port)}
    assert {probe["port"] for probe in nested(pod("web"), "httpGet")} == {"http"}
    assert named("Service", "web")["spec"]["ports"][0]["targetPort"] == "http"
    (rule,) = named("NetworkPolicy", "web")["spec"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [int(image_port)]


def test_probes_and_users_are_answered_under_the_name_of_the_config_map() -> None:
    said = named("ConfigMap", "quarry")["data"]
    hosts = said["DJANGO_ALLOWED_HOSTS"].split(",")
    assert {header["value"] for headers in nested(pod("web"), "httpHeaders") for header in headers} <= {*hosts, "https"}
    assert said["PUBLIC_URL"] == said["CSRF_TRUSTED_ORIGINS"] == f"https://{hosts[0]}"


def test_the_web_has_longer_to_stop_than_its_requests_have_to_end() -> None:
    (drain,) = re.findall(r"^graceful_timeout = (\d+)$", (ROOT / "deploy/gunicorn.conf.py").read_text(), re.MULTILINE)
    (_, pause) = container_of(named("Deployment", "web"))["lifecycle"]["preStop"]["exec"]["command"]
    assert pod("web")["terminationGracePeriodSeconds"] > int(drain) + int(pause)


@pytest.mark.parametrize("name", ["Service", "PodDisruptionBudget", "NetworkPolicy"])
def test_selectors_meet_pods_that_exist(name: str) -> None:
    labels = {spec["spec"]["template"]["metadata"]["labels"]["app"] for spec in WORKLOADS}
    for selector in _selectors(name):
        asked = {*nested(selector, "app"), *(value for values in nested(selector, "values") for value in values)}
        assert asked
        assert asked <= labels


def _selectors(kind: str) -> list[dict[str, Any]]:
    specs = [one["spec"] for _, one in documents() if one["kind"] == kind]
    assert specs
    return [spec["podSelector"] if kind == "NetworkPolicy" else spec["selector"] for spec in specs]


def scrape() -> dict[str, Any]:
    """The job that the guide gives to Prometheus."""
    blocks = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    ((job,),) = [block["scrape_configs"] for block in blocks if "scrape_configs" in block]
    assert isinstance(job, dict)
    return job


def test_prometheus_of_another_namespace_reaches_the_web_under_a_name_that_is_answered() -> None:
    (rule,) = named("NetworkPolicy", "web")["spec"]["ingress"]
    (labels,) = [
        one["namespaceSelector"]["matchLabels"]
        for one in rule["from"]
        if one.get("podSelector") == {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}
    ]
    ((label, value),) = labels.items()
    assert f"kubectl label namespace monitoring {label}={value}" in GUIDE
    host, _, port = scrape()["static_configs"][0]["targets"][0].partition(":")
    assert host in named("ConfigMap", "quarry")["data"]["DJANGO_ALLOWED_HOSTS"].split(",")
    assert host.split(".")[:2] == [
        named("Service", "web")["metadata"]["name"],
        named("Namespace", "quarry")["metadata"]["name"],
    ]
    assert int(port) == named("Service", "web")["spec"]["ports"][0]["port"]


def test_prometheus_gives_its_numbers_the_label_by_which_the_autoscaler_asks() -> None:
    (metric,) = named("HorizontalPodAutoscaler", "workers")["spec"]["metrics"]
    assert scrape()["static_configs"][0]["labels"] == metric["external"]["metric"]["selector"]["matchLabels"]
