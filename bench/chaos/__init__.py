"""Random faults while months load, people ask and a replay runs; what is there in the end beside an undisturbed run.

    plan        the faults, from a seed: the same seed and count are the same plan
    targets     finds the processes of a fault, and does it
    network     cuts a service off, or slows what it says; disks fills one, blocks breaks those of HDFS,
                clock steps Java's
    workload    months loaded and rebuilt, live days played, people who ask at every door
    checker     every table, HBase cell by cell, ledger, offsets and blocks, without knowing of the faults
    recorder    how long until all is ready after a fault
    page        docs/survival.md, from what the runs kept as JSON in bench/results

`python -m bench.chaos` is the command; `make chaos` and `make chaos-night` call it.
"""
