"""Gate, row security and oracle: the policy's rows, random worlds and what changes in them."""

from __future__ import annotations

import csv
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from tests import oracle
from tests.worlds.building import Rows, check_constraints
from tests.worlds.changing import apply, stories
from tests.worlds.comparing import Tally, compare
from tests.worlds.drawing import scenes
from tests.worlds.of_cases import NOON, facts


with (Path(__file__).parent / "cases.csv").open(encoding="utf-8") as stream:
    CASES = list(csv.DictReader(stream))
# WORLDS=2000 asks for so many, drawn anew each time. SHRINK=1 looks for the smallest world that
# fails, which takes minutes.
ASKED = os.environ.get("WORLDS")
WORLDS = int(ASKED or 80)
PHASES = [Phase.generate, *([Phase.shrink] if "SHRINK" in os.environ else [])]


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_the_oracle_answers_as_the_policys_rows_say(row):
    world, viewer, element, purpose = facts(row)
    answer = oracle.decide(world, viewer, element, NOON, purpose)
    marks = frozenset() if row["shown_with"] == "-" else frozenset(row["shown_with"].split("+"))
    assert answer == oracle.Answer(row["rule"], sees=row["answer"] == "sees", marks=marks)


def on_worlds(given_as, number):
    """Draw that many: the same each time, unless a number is asked for on the command line."""

    def wrap(function):
        run = settings(
            max_examples=number, derandomize=ASKED is None, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
            phases=PHASES,
        )(given(given_as)(function))  # fmt: skip
        run()

    return wrap


@contextmanager
def laid_out(scene, as_owner):
    """Give the rows of a scene until the end of the block."""
    with transaction.atomic():
        with as_owner():
            rows = Rows(scene)
            check_constraints()
        yield rows
        transaction.set_rollback(True)


def say(tally, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\n{tally.sentence()}\n")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_three_bodies_agree_on_random_worlds(capsys, row_security, as_owner):
    tally = Tally()

    @on_worlds(scenes(), WORLDS)
    def _agree(scene):
        with laid_out(scene, as_owner) as rows:
            compare(scene.world, scene.viewers, rows, scene.at, tally)
        tally["worlds"] += 1

    say(tally, capsys)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_three_bodies_agree_as_things_change(capsys, row_security, as_owner):
    tally = Tally()

    @on_worlds(stories(), WORLDS // 10)
    def _agree(story):
        viewers = story.scene.viewers
        with laid_out(story.scene, as_owner) as rows:
            compare(story.scene.world, viewers, rows, story.scene.at, tally)
            for change in story.changes:
                with as_owner():
                    apply(change, rows)
                compare(change.after, viewers, rows, change.at, tally)
                tally["worlds"] += 1
        tally["worlds"] += 1

    say(tally, capsys)
