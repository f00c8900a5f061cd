"""Every dataset's name and place, once.

A dataset is one word: its table, its HDFS folder, its `.hql` folder, its job, task and test share it.
A partition is never written in place. Each load gets a folder of its own, and the table's partition is pointed at it:

    /aero/<layer>/<table>/year=YYYY/month=MM/load=<load id>/part-….orc

so readers see the old month or the new one, never a mixture. Topics, HBase tables and the other folders of HDFS are
here by name; kafka/topics.toml, hbase/tables.toml and hadoop/folders.toml say how they are made.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = "/aero"
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Dataset:
    """A table of the lake. `partitions` are its partition columns, outermost first."""

    layer: str
    table: str
    partitions: tuple[str, ...] = ()

    @property
    def database(self) -> str:
        return f"aero_{self.layer}"

    @property
    def name(self) -> str:
        """Name in SQL, `aero_clean.flights`."""
        return f"{self.database}.{self.table}"

    @property
    def path(self) -> str:
        """HDFS folder, `/aero/clean/flights`."""
        return f"{ROOT}/{self.layer}/{self.table}"

    def partition_path(self, year: int, month: int | None = None) -> str:
        """HDFS folder of one partition, `/aero/clean/flights/year=2013/month=01`."""
        path = f"{self.path}/year={year:04d}"
        return path if month is None else f"{path}/month={month:02d}"

    def load_path(self, load_id: str, year: int, month: int | None = None) -> str:
        """HDFS folder of one load of one partition."""
        return f"{self.partition_path(year, month)}/load={load_id}"

    def hql(self, name: str) -> Path:
        """The dataset's SQL file: `create` or `load`."""
        return REPOSITORY / "hive" / self.database / self.table / f"{name}.hql"


def load_of(folder: str) -> str:
    """The id of the load that lies in a folder of `Dataset.load_path`."""
    return folder.rpartition("load=")[2]


@dataclass(frozen=True)
class Folder:
    """A folder of HDFS that is no table's: `name` is its place below ROOT."""

    name: str

    @property
    def path(self) -> str:
        """HDFS folder, `/aero/live/checkpoints`."""
        return f"{ROOT}/{self.name}"


# Raw: bytes as they came, each the table of one layout or more (aero/bts.py), newest landing of a month last by name.
FLIGHTS_REPORTING = Dataset("raw", "flights_reporting", ("year", "month"))
FLIGHTS_MARKETING = Dataset("raw", "flights_marketing", ("year", "month"))
FLIGHTS_DATAEXPO = Dataset("raw", "flights_dataexpo", ("year",))

# Clean: the master data.
FLIGHTS = Dataset("clean", "flights", ("year", "month"))
FLIGHTS_QUARANTINE = Dataset("clean", "flights_quarantine", ("year", "month"))
LIVE_FLIGHTS = Dataset("clean", "live_flights", ("year", "month"))
LIVE_FLIGHTS_MOVING = Dataset("clean", "live_flights_moving")
AIRPORTS = Dataset("clean", "airports")
AIRLINES = Dataset("clean", "airlines")
WEATHER_HOURLY = Dataset("clean", "weather_hourly", ("year", "month"))
WEATHER_QUARANTINE = Dataset("clean", "weather_quarantine", ("year", "month"))
WEATHER_FORECASTS_HOURLY = Dataset("clean", "weather_forecasts_hourly", ("year", "month"))
WEATHER_STATIONS = Dataset("clean", "weather_stations")

# Batch views: aggregates of the master data.
FLIGHT_STATISTICS_DAILY = Dataset("batch", "flight_statistics_daily", ("year", "month"))
AIRLINE_DELAYS_MONTHLY = Dataset("batch", "airline_delays_monthly", ("year",))
ROUTE_DELAYS_MONTHLY = Dataset("batch", "route_delays_monthly", ("year",))
AIRPORT_DELAYS_DAILY = Dataset("batch", "airport_delays_daily", ("year",))
HOURLY_DELAYS_MONTHLY = Dataset("batch", "hourly_delays_monthly", ("year",))
AIRLINE_HOURLY_DELAYS_MONTHLY = Dataset("batch", "airline_hourly_delays_monthly", ("year",))
AIRPORT_WEEKDAY_DELAYS_MONTHLY = Dataset("batch", "airport_weekday_delays_monthly", ("year",))
DELAY_CAUSES_MONTHLY = Dataset("batch", "delay_causes_monthly", ("year",))
AIRLINE_DELAY_CAUSES_MONTHLY = Dataset("batch", "airline_delay_causes_monthly", ("year",))
CANCELLATIONS_MONTHLY = Dataset("batch", "cancellations_monthly", ("year",))
AIRLINE_CANCELLATIONS_MONTHLY = Dataset("batch", "airline_cancellations_monthly", ("year",))
DELAY_CATEGORIES_MONTHLY = Dataset("batch", "delay_categories_monthly", ("year",))

BATCH_VIEWS = (
    FLIGHT_STATISTICS_DAILY,
    AIRLINE_DELAYS_MONTHLY,
    ROUTE_DELAYS_MONTHLY,
    AIRPORT_DELAYS_DAILY,
    HOURLY_DELAYS_MONTHLY,
    AIRLINE_HOURLY_DELAYS_MONTHLY,
    AIRPORT_WEEKDAY_DELAYS_MONTHLY,
    DELAY_CAUSES_MONTHLY,
    AIRLINE_DELAY_CAUSES_MONTHLY,
    CANCELLATIONS_MONTHLY,
    AIRLINE_CANCELLATIONS_MONTHLY,
    DELAY_CATEGORIES_MONTHLY,
)

# Machine learning: the forecast of delays.
FORECAST_MODELS = Dataset("ml", "models")
DELAY_FORECASTS = Dataset("ml", "delay_forecasts", ("year", "month"))
FORECAST_PROMOTIONS = Dataset("ml", "promotions")
FORECAST_TRACK = Dataset("ml", "track_record")

# Real-time views: tables over HBase (LIVE_FLIGHTS holds the old states of the first).
LIVE_FLIGHT_STATE = Dataset("live", "flight_state")
LIVE_FLIGHT_DAYS = Dataset("live", "flight_days")
LIVE_DELAYS_HOURLY = Dataset("live", "delays_hourly")
LIVE_DELAYS_FIVE_MINUTES = Dataset("live", "delays_five_minutes")
LIVE_LOG = Dataset("live", "log")
LIVE_VIEWS = (LIVE_FLIGHT_STATE, LIVE_FLIGHT_DAYS, LIVE_DELAYS_HOURLY, LIVE_DELAYS_FIVE_MINUTES, LIVE_LOG)

# HBase tables; hbase/tables.toml says what a row of each is, and its key.
HBASE_FLIGHT_STATE = "aero:flight_state"
HBASE_FLIGHT_DAYS = "aero:flight_days"
HBASE_ARRIVALS = "aero:arrivals"
HBASE_FLIGHT_NUMBERS = "aero:flight_numbers"
HBASE_DEPARTURES = "aero:departures"
HBASE_DELAYS_HOURLY = "aero:delays_hourly"
HBASE_DELAYS_FIVE_MINUTES = "aero:delays_five_minutes"
HBASE_STREAM_LOG = "aero:stream_log"
HBASE_DELAY_FORECASTS = "aero:delay_forecasts"
HBASE_AIRCRAFT_FLIGHTS = "aero:aircraft_flights"

# ZooKeeper: who writes (aero/lease.py), and the node of the newest one there.
LEASE_NODE = f"{ROOT}/writer"
FENCE_NODE = f"{ROOT}/fence"

# Kafka topics; kafka/topics.toml says how many partitions each has, and for how long it keeps a record.
TOPIC_LIVE = "flights.live"
TOPIC_PROCESSED = "flights.processed"
TOPIC_REJECTED = "flights.rejected"
TOPIC_MONTHLY = "flights.monthly"

# Folders of HDFS beside the tables'.
CLEAN = Folder("clean")  # All tables of the clean layer.
BATCH = Folder("batch")  # All batch views.
LANDING = Folder("raw/_landing")  # Raw files while they are written; a finished one is renamed into its table.
LIVE_ARCHIVE = Folder("raw/live")  # The answers of live sources, as they came.
WEATHER_ARCHIVE = Folder("raw/weather")  # Files of observations, as they came (aero/raw_weather.py).
STREAM_CHECKPOINTS = Folder("live/checkpoints")
STAGING = Folder("staging")  # A month on its way from Kafka to the table.
RUN_REPORTS = Folder("ops/runs")  # What each task of a run did.

# What the platform knows of itself: small text files, replaced whole or added run by run.
MONTHS = Dataset("ops", "months")
CHECKS = Dataset("ops", "checks")
FRESHNESS = Dataset("ops", "freshness")
PUBLICATIONS = Dataset("ops", "publications")
ACCEPTANCES = Dataset("ops", "acceptances")
AUDIT = Dataset("ops", "audit")
TABLES = Dataset("ops", "tables")
COLUMNS = Dataset("ops", "columns")
MACHINE_SAMPLES = Dataset("ops", "machine_samples")

# Tables whose partitions are switched from load to load, of which PUBLICATIONS has the history.
SWITCHED = (
    FLIGHTS_REPORTING,
    FLIGHTS_MARKETING,
    FLIGHTS_DATAEXPO,
    FLIGHTS,
    FLIGHTS_QUARANTINE,
    LIVE_FLIGHTS,
    DELAY_FORECASTS,
    WEATHER_HOURLY,
    WEATHER_QUARANTINE,
    WEATHER_FORECASTS_HOURLY,
    *BATCH_VIEWS,
)

# Databases of tables as they were at some time, which `aero sql --as-of` makes and drops; an id follows.
AS_OF = "aero_as_of_"


def _then_too(*tables: str) -> tuple[str, ...]:
    """These, and those of them that `aero sql --as-of` may ask, in its databases."""
    then = (one.table for one in SWITCHED if {one.name, f"{one.database}.*"} & set(tables))
    return (*tables, *(f"{AS_OF}*.{table}" for table in then))


# What the roles of aero/people.py may read, `database.*` for all of its tables; operators may read and write all. The
# audit is for operators: it holds what everybody asked.
_READER_TABLES = (
    f"{FLIGHT_STATISTICS_DAILY.database}.*",
    f"{LIVE_FLIGHT_STATE.database}.*",
    f"{DELAY_FORECASTS.database}.*",
    *(one.name for one in (FLIGHTS, LIVE_FLIGHTS, LIVE_FLIGHTS_MOVING, AIRPORTS, AIRLINES)),
    *(one.name for one in (WEATHER_HOURLY, WEATHER_FORECASTS_HOURLY, WEATHER_STATIONS)),
    *(one.name for one in (MONTHS, CHECKS, FRESHNESS, PUBLICATIONS, ACCEPTANCES)),
    *(one.name for one in (TABLES, COLUMNS, MACHINE_SAMPLES)),
)
READER_TABLES = _then_too(*_READER_TABLES)
ANALYST_TABLES = _then_too(
    *_READER_TABLES, f"{FLIGHTS_REPORTING.database}.*", FLIGHTS_QUARANTINE.name, WEATHER_QUARANTINE.name
)
