"""The processes of docker-compose.yml, each started as it is written there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dmp.health import ask


ROOT = Path(__file__).resolve().parents[2]

COMMANDS = {
    "migrate": ["python", "manage.py", "migrate", "--no-input"],
    "web": ["gunicorn", "-c", "python:dmp.serving", "-b", "0.0.0.0:8000"],
    "worker": ["celery", "-A", "dmp", "worker", "-c", "3", "-l", "INFO"],
    "beat": ["celery", "-A", "dmp", "beat", "-l", "INFO", "-s", "/tmp/beat"],
}
CHECKS = {
    "web": ["python", "manage.py", "health"],
    "worker": ["celery", "-A", "dmp", "inspect", "ping", "-t", "5"],
    "beat": ["python", "manage.py", "health", "--beat", "/tmp/beat"],
}
PROCESS = {"migrate": "owner", "web": "web", "worker": "worker", "beat": "worker"}
# Each process gets its own role's address and no other.
ADDRESS = {
    "owner": "DATABASE_URL",
    "web": "DATABASE_APP_URL",
    "worker": "DATABASE_WORKER_URL",
}


def arguments(command, places):
    """The same program from this Python's folder, with the places that are free here."""
    program, *rest = [places.get(part, part) for part in command]
    return [str(Path(sys.executable).with_name(program)), *rest]


def environment(service):
    process = PROCESS[service]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DATABASE_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**kept, "DMP_PROCESS": process, ADDRESS[process]: os.environ[ADDRESS[process]]}


def run(command, service, places):
    return subprocess.run(
        arguments(command, places),
        cwd=ROOT,
        env=environment(service),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_each_process_starts_is_found_healthy_and_stops_when_asked(service, tmp_path):
    port = free_port()
    # The worker is asked again until it answers: for a second each time.
    places = {
        "0.0.0.0:8000": f"127.0.0.1:{port}", "/tmp/beat": str(tmp_path / "beat"), "5": "1",
    }  # fmt: skip
    check = CHECKS[service] + (["--port", str(port)] if service == "web" else [])

    before = run(check, service, places)
    assert before.returncode != 0, "healthy before it was started"

    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            arguments(COMMANDS[service], places),
            cwd=ROOT,
            env=environment(service),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while (after := run(check, service, places)).returncode != 0:
            said = after.stderr + (tmp_path / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)
    assert status == 0


def test_this_machine_is_asked_straight_whatever_proxy_the_network_has(monkeypatch):
    class Ok(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *said):
            pass

    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with HTTPServer(("127.0.0.1", 0), Ok) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert ask(server.server_port) == "ok"


@pytest.mark.slow
def test_the_owner_migrates_and_nothing_is_left_to_migrate():
    done = run(COMMANDS["migrate"], "migrate", {})
    assert done.returncode == 0, done.stderr
    left = run([*COMMANDS["migrate"], "--check"], "migrate", {})
    assert left.returncode == 0, left.stdout


def test_a_process_without_the_owners_address_says_that_it_cannot_migrate():
    done = run(COMMANDS["migrate"], "web", {})
    assert done.returncode != 0
    assert "DATABASE_URL is missing: only the owner of the tables migrates." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_setting_is_one_sentence_and_exit_2():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={k: v for k, v in environment("web").items() if k != "DMP_MASTER_KEY"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("DMP_MASTER_KEY is missing:")
    assert done.stderr.count("\n") == 1
