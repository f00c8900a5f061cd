import pytest

from aero.raw_versions import Revision

LANDED = Revision("http://bts/january.zip", 100, "Mon, 04 Mar 2013 10:00:00 GMT", '"1"')


@pytest.mark.parametrize(
    ("now", "is_still"),
    [
        (LANDED, True),
        (Revision(LANDED.url, 100, LANDED.last_modified), True),  # the ETag is no longer sent
        (Revision(LANDED.url, None, None, '"1"'), True),
        (Revision(LANDED.url, 101, LANDED.last_modified, '"1"'), False),
        (Revision(LANDED.url, 100, "Mon, 04 Mar 2013 10:00:01 GMT", '"1"'), False),
        (Revision(LANDED.url, 100, LANDED.last_modified, '"2"'), False),
        (Revision("http://mirror/january.zip", 100, LANDED.last_modified, '"1"'), False),
        (Revision(LANDED.url, 100), False),  # a size alone proves nothing
        (Revision(LANDED.url), False),
    ],
)
def test_a_file_is_still_the_same_when_all_that_is_said_of_it_is(now, is_still):
    assert now.is_still(LANDED) is is_still


def test_what_was_not_said_before_proves_nothing():
    assert not LANDED.is_still(Revision(LANDED.url, 100))
