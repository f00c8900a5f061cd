"""Plain Spark, as anybody writes it: packed CSV files into ORC, typed, sorted, a folder a month.

python bench/performance/spark_plain.py '/tmp/months/*.csv.gz' /tmp/orc
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from bench.performance.loading import LAYOUT, SORTED_BY, kinds

# Number columns are read with a point, since BTS writes `12.00`, and then made whole.
READ_AS = {"number": T.DoubleType(), "date": T.DateType(), "text": T.StringType()}


def main(files: str, folder: str) -> None:
    """Load them."""
    spark = SparkSession.builder.master("local[*]").appName("plain").getOrCreate()
    fields = [T.StructField(name, READ_AS[kind]) for name, kind in kinds().items()]
    nothing = T.StructField("nothing", T.StringType())  # Behind the comma that ends each line.
    lines = spark.read.csv(files, schema=T.StructType([*fields, nothing]), header=True)
    flights = lines.select(
        *(F.col(name).cast("int") if kinds()[name] == "number" else F.col(name) for name in LAYOUT.columns)
    )
    by_month = flights.repartition("Year", "Month").sortWithinPartitions("Year", "Month", *SORTED_BY)
    by_month.write.partitionBy("Year", "Month").orc(folder)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
