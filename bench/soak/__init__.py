"""A platform at a fixed rate of live events for half an hour: whether what it holds stays as it is.

    samples     what the processes, HBase and the stream's checkpoint hold, and how long events take, again and again
    page        the table and the plot of docs/survival.md, from what the run kept as JSON in bench/results

`python -m bench.soak` is the command; `make soak` calls it.
"""
