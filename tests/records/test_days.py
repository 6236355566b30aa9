"""A birthday is one day for the screens, the database and the oracle: 29 February too."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection

from records.days import age_on, same_day
from records.traits import comes_of_age
from tests import oracle


pytestmark = pytest.mark.django_db

# Every birthday of five years, one of them without its 29 February, and the ages rules turn on.
BIRTHDAYS = """
    select born::date, age, (born + age * interval '1 year')::date
    from generate_series('1896-01-01'::date, '1900-12-31', '1 day') born,
        unnest(array[0, 1, 4, 8, 15, 16, 18, 25, 110]) age
    where %s::int is null or age = %s
"""


def of_the_database(age=None):
    with connection.cursor() as cursor:
        cursor.execute(BIRTHDAYS, [age, age])
        return cursor.fetchall()


def test_a_birthday_is_the_day_the_database_says():
    eve = dt.timedelta(days=1)

    for born, age, birthday in of_the_database():
        found = (
            same_day(born, months=12 * age),
            age_on(born, birthday - eve),
            age_on(born, birthday),
        )
        assert found == (birthday, age - 1, age), born


def test_majority_is_one_day_for_the_screens_the_database_and_the_oracle():
    for born, _age, birthday in of_the_database(18):
        world = SimpleNamespace(born=born)
        assert comes_of_age(born) == oracle.majority(world) == birthday, born


def test_who_was_born_on_a_29_february_is_an_adult_on_the_28th():
    born = dt.date(2008, 2, 29)

    assert age_on(born, dt.date(2026, 2, 27)) == 17
    assert age_on(born, dt.date(2026, 2, 28)) == 18
    assert age_on(born, dt.date(2028, 2, 28)) == 19
