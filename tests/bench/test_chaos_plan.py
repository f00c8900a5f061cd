"""The faults of a seed are the same again, and meet everything."""

from collections import Counter

from click.testing import CliRunner

from bench.chaos import disks, plan
from bench.chaos.__main__ import main


def test_the_same_seed_is_the_same_plan_and_another_is_another():
    assert plan.faults(7, 200, 60) == plan.faults(7, 200, 60)
    assert plan.faults(7, 200, 60) != plan.faults(8, 200, 60)
    assert plan.faults(7, 200, 60)[:10] == plan.faults(7, 10, 60)


def test_every_kind_meets_all_that_it_can_and_what_a_load_starts_once_before_any_comes_again():
    singles = [fault for fault in plan.faults(3, 200, 60) if fault.number % 5]
    cards = 4 * len(plan.SERVICES) + 2 * len(plan.OURS) + 2 * len(plan.ASKED) + len(disks.FOLDERS) + 2
    drawn = Counter((fault.kind, fault.targets) for fault in singles[:cards])
    assert len(drawn) == cards and set(drawn.values()) == {1}
    assert len(singles) > cards and (singles[cards].kind, singles[cards].targets) in drawn


def test_clocks_are_stepped_only_where_that_is_asked_for():
    assert not [fault for fault in plan.faults(5, 300, 30) if fault.kind in plan.CLOCKS]


def test_of_ten_one_is_a_power_cut_and_one_meets_several_at_once():
    found = plan.faults(11, 40, 60)
    assert [fault.number for fault in found if fault.kind == plan.POWER_CUT] == [10, 20, 30, 40]
    assert [fault.number for fault in found if len(fault.targets) > 1] == [5, 15, 25, 35]


def test_what_lasts_a_while_does_so_no_longer_than_is_said_and_nothing_else_has_a_length():
    found = plan.faults(5, 300, 30, with_clocks=True)
    lengths = {fault.seconds for fault in found if fault.kind in plan.FOR_A_WHILE}
    assert min(lengths) == plan.SHORTEST_SECONDS and max(lengths) == 30
    assert {fault.seconds for fault in found if fault.kind not in plan.FOR_A_WHILE} == {0}
    assert {fault.kind for fault in found} == set(plan.KINDS) == {*plan.FOR_A_WHILE, *plan.ENDING}


def test_the_command_prints_seed_and_plan_and_of_no_seed_another_each_time():
    first, again = (CliRunner().invoke(main, ["plan", "--seed", "7", "--faults", "20"]).output for _ in range(2))
    assert first == again and first.startswith("SEED=7 FAULTS=20\n") and len(first.splitlines()) == 21
    assert len({CliRunner().invoke(main, ["plan", "--faults", "1"]).output.splitlines()[0] for _ in range(5)}) > 1
