"""A Hive in memory that knows partitions alone: what is asked of it to switch them, and what the metastore answers."""

import re
from collections import defaultdict


class HiveInMemory:
    """`tables` are the folders of each table's partitions. `done` are the statements that changed one."""

    def __init__(self):
        self.tables: dict[str, dict[tuple[int, ...], str]] = defaultdict(dict)
        self.done: list[str] = []

    def locations(self, dataset, settings=None):
        return dict(sorted(self.tables[dataset.name].items()))

    def execute(self, statement):
        table = self.tables[re.search(r"aero_\w+\.\w+", statement)[0]]
        named = [tuple(map(int, re.findall(r"=(\d+)", name))) for name in re.findall(r"PARTITION \(([^)]+)", statement)]
        if " DROP IF EXISTS " in statement:
            for partition in named:
                table.pop(partition, None)
        else:
            table.update(zip(named, re.findall(r"LOCATION '([^']+)'", statement), strict=True))
        self.done.append(statement)
