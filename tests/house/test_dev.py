"""`manage.py dev`: one command that starts everything, keeps it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from dmp import layout
from tests.house.test_processes import free_port


ROOT = Path(__file__).resolve().parents[2]
MACHINE = ("PATH", "HOME", "LANG", "TMPDIR")


def clean(**settings):
    """The environment of somebody who has just cloned the project."""
    kept = {name: os.environ[name] for name in MACHINE if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


class Dev:
    def __init__(self, **settings):
        self.port = int(settings.setdefault("PORT", str(free_port())))
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "dev"],
            cwd=ROOT,
            env=clean(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until_ready(self):
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("READY"):
                return line.strip()
        raise AssertionError("".join(said))

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        rest = self.process.communicate(timeout=60)[0]
        return self.process.returncode, rest

    def health(self):
        with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return answer.read()


def living_in(folder):
    """The processes that name this folder in their arguments or keep a file of it open."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            used = (entry / "cmdline").read_bytes().decode(errors="replace")
            used += " ".join(str(link.readlink()) for link in (entry / "fd").iterdir())
        except OSError:
            continue
        if str(folder) in used:
            found.add(int(entry.name))
    return found


def nothing_lives_in(folder):
    """Whether all are gone: one whose parent went first takes a moment to be told so."""
    until = time.monotonic() + 20
    while living_in(folder):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


SPACES, DEEP = "a path with spaces, é and commas", "deep/" * 30


@pytest.mark.slow
@pytest.mark.parametrize(("name", "how"), [(SPACES, signal.SIGTERM), (DEEP, signal.SIGINT)])
def test_it_starts_survives_a_kill_and_stops(tmp_path, name, how):
    data_dir = tmp_path / name
    settings = {"DATA_DIR": str(data_dir)}

    first = Dev(**settings)
    assert first.until_ready() == f"READY http://127.0.0.1:{first.port}"
    assert first.health() == b"ok"
    keys = {path.name: path.read_text() for path in (data_dir / "keys").iterdir()}
    assert all((data_dir / "keys" / name).stat().st_mode & 0o777 == 0o600 for name in keys)
    sockets = layout.Layout(data_dir).sockets
    assert len(str(sockets)) < 100
    assert len(living_in(data_dir)) > 4
    first.process.kill()
    first.process.communicate()

    # At once: it waits for the last child of the killed one.
    second = Dev(**settings)
    second.until_ready()
    assert {path.name: path.read_text() for path in (data_dir / "keys").iterdir()} == keys
    assert second.health() == b"ok"
    try:
        if name == SPACES:
            two_cannot_share_a_folder(second, data_dir)
            a_process_that_dies_is_started_again(second)
    finally:
        status, said = second.stop(how)
    assert (status, said.splitlines()[-1]) == (0, "Stopped.")
    assert nothing_lives_in(data_dir)
    assert not sockets.exists() or list(sockets.iterdir()) == []
    if name != SPACES:
        return

    # And again after it was stopped.
    third = Dev(**settings)
    third.until_ready()
    assert {path.name: path.read_text() for path in (data_dir / "keys").iterdir()} == keys
    assert third.health() == b"ok"
    status, _ = third.stop(signal.SIGINT)
    assert status == 0
    assert nothing_lives_in(data_dir)


def two_cannot_share_a_folder(running, data_dir):
    other = Dev(DATA_DIR=str(data_dir))
    said = other.process.communicate(timeout=30)[0]
    assert other.process.returncode == 2
    assert said == (
        f"DATA_DIR {data_dir} is in use (process {running.process.pid}):"
        " stop that one first, or set DATA_DIR to another folder.\n"
    )


def a_process_that_dies_is_started_again(running):
    web = int(
        subprocess.run(
            ["pgrep", "-P", str(running.process.pid), "-f", "gunicorn"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    )
    os.kill(web, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while True:
        try:
            assert running.health() == b"ok"
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            break


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "99999"}, "PORT must be a whole number from 1 to 65535, not '99999'."),
        ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535, not 'eighty'."),
        ({"DMP_DEMO": "perhaps"}, "DMP_DEMO must be 1 or 0, not 'perhaps'."),
        (
            {"DATABASE_URL": "postgres://u@/n"},
            "DATABASE_APP_URL is missing: DATABASE_URL is set, so DATABASE_APP_URL must be",
        ),
        ({"REDIS_URL": "http://x"}, "REDIS_URL is not understood (it begins with http://):"),
        ({"DATA_DIR": "/proc/none"}, "DATA_DIR /proc/none cannot be used"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_2(tmp_path, settings, sentence):
    said = refused({"DATA_DIR": str(tmp_path / "data"), **settings})
    assert said.startswith(sentence)


def refused(settings):
    done = subprocess.run(
        [sys.executable, "manage.py", "dev"],
        cwd=ROOT,
        env=clean(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused({"DATA_DIR": str(tmp_path / "data"), "PORT": str(port)})
    assert said == (
        f"PORT {port} cannot be used (Address already in use): set PORT to a free one.\n"
    )


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path):
    url = f"postgres://u:hunter2@127.0.0.1:{free_port()}/n"
    said = refused(
        {
            "DATA_DIR": str(tmp_path / "data"),
            "PORT": str(free_port()),
            "DATABASE_URL": url,
            "DATABASE_APP_URL": url,
            "DATABASE_WORKER_URL": url,
        }
    )
    assert said.startswith("DATABASE_URL names a database that does not let us in: ")
    assert "hunter2" not in said


@pytest.mark.slow
def test_a_broker_that_does_not_answer_is_named(tmp_path):
    said = refused(
        {
            "DATA_DIR": str(tmp_path / "data"),
            "PORT": str(free_port()),
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        }
    )
    assert said.startswith("REDIS_URL names a server that does not answer at 127.0.0.1:")


def test_a_demonstration_is_forgotten_by_name_and_nothing_else(tmp_path):
    data = tmp_path / "data"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "file").touch()
    (data / "mine.txt").touch()

    def reset(**settings):
        return subprocess.run(
            [sys.executable, "manage.py", "reset"],
            cwd=ROOT,
            env=clean(DATA_DIR=str(data), **settings),
            capture_output=True,
            text=True,
            check=False,
        )

    kept = reset(DMP_DEMO="0")
    assert kept.returncode != 0
    assert (data / "postgres" / "file").exists()
    assert reset(DMP_DEMO="1").returncode == 0
    assert [path.name for path in data.iterdir()] == ["mine.txt"]
