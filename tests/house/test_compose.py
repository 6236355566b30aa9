"""docker-compose.yml: every command in it is one that test_processes.py runs, and no secret."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from dmp import serving
from records.apps import reference_folder
from tests.house.test_environment import read_variables, written_variables
from tests.house.test_processes import CHECKS, COMMANDS


ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build")}


def test_it_has_every_process():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat"}


def test_every_command_is_one_the_suite_runs():
    assert {name: service["command"] for name, service in OURS.items()} == COMMANDS


def test_every_health_check_of_ours_is_one_the_suite_runs():
    found = {
        name: service["healthcheck"]["test"][1:]
        for name, service in OURS.items()
        if "healthcheck" in service
    }
    assert found == CHECKS


def test_everything_that_stays_up_has_a_health_check():
    silent = [name for name, service in SERVICES.items() if "healthcheck" not in service]
    assert silent == ["migrate"]


def test_the_database_is_ready_only_once_its_roles_are_made():
    """The image makes them on a server that listens to its socket alone."""
    asked = SERVICES["postgres"]["healthcheck"]["test"]
    assert asked[asked.index("--host") + 1] == "127.0.0.1"


def test_what_has_to_finish_is_given_the_time():
    seconds = {
        name: int(SERVICES[name].get("stop_grace_period", "10s").removesuffix("s"))
        for name in ("web", "worker", "postgres")
    }
    assert seconds["web"] > serving.graceful_timeout
    # The worker's task, PostgreSQL's checkpoint: docker kills after ten seconds unless told.
    assert min(seconds["worker"], seconds["postgres"]) >= 60


def test_what_is_written_outlives_its_container(settings):
    for service in OURS.values():
        settings.DMP_FILES_DIR = Path(service["environment"]["DMP_FILES_DIR"])
        kept = {volume.split(":")[1] for volume in service["volumes"]}
        assert {str(settings.DMP_FILES_DIR), str(reference_folder())} <= kept
        # A volume takes the owner of the folder it is first put over.
        assert all(f" {folder}" in DOCKERFILE for folder in kept)


def test_the_image_has_no_server_of_the_demonstration():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    servers = {
        re.match(r"[\w-]+", needed).group()
        for needed in project["optional-dependencies"]["embedded"]
    }
    [removed] = re.findall(r"pip uninstall --yes ([\w -]+)", DOCKERFILE)
    assert set(removed.split()) == servers


def test_every_value_asked_for_is_in_the_example():
    assert set(re.findall(r"\$\{([A-Z_]+)", TEXT)) - written_variables() == set()


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_given_to_a_process_is_read(name):
    assert set(OURS[name]["environment"]) - read_variables() == set()


def test_there_is_no_secret():
    secrets = [
        f"{name}.{variable}"
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
        if re.search("KEY|PASSWORD|SECRET", variable) and not re.fullmatch(r"\$\{\w+:\?\}", value)
    ]
    assert secrets == []
    # An address holds a password only as a value that is asked for.
    assert re.findall(r"://[^\s/@:]*:(?!\$\{)[^\s/@]+@", TEXT) == []


def test_no_process_is_a_demonstration_nor_speaks_plain_http():
    given = {name for service in OURS.values() for name in service["environment"]}
    assert not given & {"DMP_DEMO", "DMP_HTTPS"}


def test_only_the_process_that_migrates_knows_the_owner():
    knowing = [
        name for name, service in OURS.items() if "DATABASE_URL" in service.get("environment", {})
    ]
    assert knowing == ["migrate"]


def test_the_web_is_reached_from_this_machine_only():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])
