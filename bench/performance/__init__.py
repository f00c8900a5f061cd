"""Asking and loading, measured beside DuckDB, chDB and plain Spark on the same machine and the same flights.

    questions   bench/questions: the 11 of the `ontime` benchmark and 20 like those of toddstoffel/analytics_benchmark
    engines     who is asked: the Spark Thrift Server, HiveServer2 on Tez, DuckDB and chDB
    answers     two engines' answers, compared cell by cell: a time counts when its answer was right
    asking      rounds of a question, turn by turn
    parquet     the platform's rows as Parquet, for DuckDB and chDB
    loading     CSV to sorted Parquet by DuckDB, CSV to sorted ORC by plain Spark (spark_plain)
    cluster     a platform of its own, beside the user's
    sizes       which months, how many rows
    history     what grows with the rows: a row a size
    steps       what is done already, so that a measurement that was killed goes on
    page        docs/performance.md, its plots (plots) and the README's figures, from what was kept as JSON

`python -m bench.performance` is the command; `make bench-quick`, `make bench` and `make bench-history` call it.
"""
