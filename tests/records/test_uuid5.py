"""Keys made of names are the standard library's, to the bit."""

import uuid

from hypothesis import given, strategies as st

from records.uuid5 import uuid5


@given(namespace=st.uuids(), name=st.text())
def test_it_is_what_the_standard_library_makes(namespace, name):
    ours, theirs = uuid5(namespace, name), uuid.uuid5(namespace, name)
    assert (ours, hash(ours), str(ours), ours.version) == (theirs, hash(theirs), str(theirs), 5)
