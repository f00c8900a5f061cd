"""The roles of a cluster, one container each: the services of one machine, with HBase in its three processes and with
databases as servers. docker/compose.yaml has a service for every role, under the same name.
"""

from dataclasses import replace

from aero.cluster import postgres, readiness, redis
from aero.cluster.java_runtime import HBASE
from aero.cluster.service import Service
from aero.cluster.services import SERVICES

# The roles that a cluster has beside the services of one machine, or instead of `hbase`.
_ADDED = (
    Service(
        "postgres",
        "PostgreSQL: the metastore's tables, Luigi's history, Superset's dashboards",
        "/usr/lib/postgresql/15/bin/postgres -D {AERO_HOME}/postgres/data -h {BIND_HOST} -p {POSTGRES_PORT} -k /tmp"
        " -c shared_buffers=48MB",
        readiness.postgres,
        heap_mb=0,
        ports=("POSTGRES_PORT",),
        prepare=postgres.initialise_once,
        provision=postgres.databases,
    ),
    Service(
        "redis",
        "Redis: Superset's cache of answers and its worker's queue; nothing that must outlive it",
        f"/usr/bin/redis-server {redis.CONFIGURATION} --bind {{BIND_HOST}} --port {{REDIS_PORT}} --dir /tmp"
        " --maxmemory 64mb --maxmemory-policy volatile-lru",
        readiness.redis,
        heap_mb=0,
        ports=("REDIS_PORT",),
        after=("postgres",),
        prepare=redis.configure,
    ),
    Service(
        "superset-worker",
        "Superset's worker: SQL Lab's long questions, so that no thread of the web server waits for them",
        "{SUPERSET_VENV}/bin/celery --app superset.tasks.celery_app:app worker --pool prefork --concurrency 1"
        " --without-gossip --without-mingle --hostname worker@aero --loglevel WARNING",
        readiness.superset_worker,
        heap_mb=0,
        ports=(),
        after=("superset",),
    ),
    Service(
        "zookeeper",
        "ZooKeeper: which HBase servers there are",
        "org.apache.zookeeper.server.ZooKeeperServerMain {ZOOKEEPER_PORT} {AERO_HOME}/zookeeper",
        readiness.zookeeper,
        heap_mb=96,
        ports=("ZOOKEEPER_PORT",),
        runtime=replace(
            HBASE, flags=("-Dzookeeper.admin.enableServer=false", "-Dzookeeper.4lw.commands.whitelist=ruok")
        ),
    ),
    Service(
        "hbase-master",
        "HBase master: which region server has which regions",
        "org.apache.hadoop.hbase.master.HMaster start",
        readiness.hbase_master,
        heap_mb=384,
        ports=("HBASE_MASTER_PORT", "HBASE_MASTER_HTTP_PORT"),
        after=("zookeeper", "datanode"),
        page="HBASE_MASTER_HTTP",
        runtime=HBASE,
    ),
    Service(
        "regionserver",
        "HBase region server: reads and writes its regions, on HDFS",
        "org.apache.hadoop.hbase.regionserver.HRegionServer start",
        readiness.hbase,
        heap_mb=768,
        ports=("HBASE_REGIONSERVER_PORT", "HBASE_REGIONSERVER_HTTP_PORT"),
        after=("hbase-master",),
        runtime=HBASE,
    ),
)

# Roles that must be ready before another starts, where the same service does not need them on one machine.
_ALSO_AFTER = {
    "namenode": ("postgres",),
    "kafka": ("postgres",),
    "metastore": ("postgres",),
    "luigid": ("postgres",),
    "superset": ("postgres", "redis"),
}


def _role(service: Service) -> Service:
    after = ["regionserver" if name == "hbase" else name for name in service.after]
    return replace(service, after=(*after, *_ALSO_AFTER.get(service.name, ()), *service.provision_after))


ROLES = (*_ADDED, *(_role(service) for service in SERVICES if service.name != "hbase"))
BY_NAME = {role.name: role for role in ROLES}
