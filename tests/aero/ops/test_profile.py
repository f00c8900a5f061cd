"""Profiles that were kept beside loads are read, those of before too."""

from dataclasses import asdict

from aero.ops.profile import Profile


def test_a_profile_that_was_written_before_columns_had_more_than_a_share_is_read():
    old = {"rows": 2, "routes": {"AA JFK LAX": 2}, "days": {}, "hours": {}, "delay_groups": {}, "filled": {"x": 0.5}}
    profile = Profile.of(old)
    assert (profile.airlines, profile.columns, profile.due) == ({"AA": 2}, {}, {})
    now = Profile(2, {"AA JFK LAX": 2}, {"2013-02-01": 2}, {"09": 2}, {"0": 2})
    assert Profile.of(asdict(now)) == now
