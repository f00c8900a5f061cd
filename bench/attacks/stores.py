"""Attempts at what keeps state: the metastore, HBase and ZooKeeper."""

import io
from contextlib import closing, contextmanager

import happybase
from kazoo.client import KazooClient
from kazoo.exceptions import KazooException
from kazoo.handlers.threading import KazooTimeoutError
from thriftpy2.parser import load_fp
from thriftpy2.protocol import TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TCyBufferedTransportFactory, TTransportException

from aero import hbase_thrift2, metastore
from aero.datasets import FENCE_NODE, HBASE_FLIGHT_STATE
from bench.attacks import rpc, web
from bench.attacks.attempts import (
    ANSWER_SECONDS,
    ATTEMPTS,
    Attempt,
    Failed,
    Person,
    Refused,
    Target,
    Wall,
    Who,
    attempt,
)

_METASTORE = load_fp(
    io.StringIO("""
struct Database { 1: string name, 2: string description, 3: string locationUri }
exception Fault { 1: string message }
service ThriftHiveMetastore {
  list<string> get_all_databases() throws (1: Fault fault)
  void create_database(1: Database database) throws (1: Fault a, 2: Fault b, 3: Fault c)
  void drop_database(1: string name, 2: bool deleteData, 3: bool cascade) throws (1: Fault a, 2: Fault b, 3: Fault c)
  string get_config_value(1: string name, 2: string defaultValue) throws (1: Fault fault)
}
"""),
    "attacked_metastore_thrift",
)
CLOSED = (TTransportException, ConnectionError, KazooTimeoutError, TimeoutError)


@contextmanager
def _metastore(target: Target, person: Person | None = None):
    own = metastore.signed_in(person.name, person.password) if person else TCyBufferedTransportFactory()
    try:
        client = make_client(
            _METASTORE.ThriftHiveMetastore,
            target.host,
            target.port("METASTORE"),
            proto_factory=TCyBinaryProtocolFactory(),
            trans_factory=own,
            timeout=ANSWER_SECONDS * 1000,
        )
    except CLOSED as closed:
        raise Refused("no way there, or not let in") from closed
    with closing(client):
        try:
            yield client
        except (EOFError, TTransportException) as ended:
            raise Refused("it ends the connection of who does not say who they are") from ended


@attempt("metastore", "METASTORE", issue=7)
def lists_databases(target: Target) -> str:
    """get_all_databases of its Thrift interface"""
    with _metastore(target) as client:
        return f"answered {client.get_all_databases()}"


@attempt("metastore", "METASTORE", issue=7)
def lists_databases_with_a_wrong_password(target: Target) -> str:
    """get_all_databases as aero, with SASL PLAIN and a wrong password"""
    with _metastore(target, Person("aero", "aero")) as client:
        return f"answered {client.get_all_databases()}"


@attempt("metastore", "METASTORE", who=Who.READER, issue=7)
def lists_databases_as_a_reader(target: Target) -> str:
    """get_all_databases with a reader's name and password"""
    with _metastore(target, target.person) as client:
        return f"answered {client.get_all_databases()}"


@attempt("metastore", "METASTORE", issue=7)
def makes_a_database(target: Target) -> str:
    """create_database of its Thrift interface"""
    with _metastore(target) as client:
        name = target.marker.replace("-", "_")
        client.create_database(_METASTORE.Database(name, "attack", f"/tmp/{target.marker}"))
        client.drop_database(name, True, True)
    return "made, and removed again"


@attempt("metastore", "METASTORE", issue=9)
def finds_direct_sql(target: Target) -> str:
    """get_config_value of hive.metastore.try.direct.sql, through which filters of partitions become SQL"""
    with _metastore(target) as client:
        if client.get_config_value("hive.metastore.try.direct.sql", "") == "false":
            raise Refused("it is false")
    return "it is true"


@contextmanager
def _hbase(target: Target):
    try:
        client = happybase.Connection(target.host, target.port("HBASE_THRIFT"), timeout=ANSWER_SECONDS * 1000)
    except CLOSED as closed:
        raise Refused("no way there") from closed
    with closing(client):
        yield client


@attempt("HBase Thrift", "HBASE_THRIFT", wall=Wall.FIREWALL, issue=7)
def lists_tables(target: Target) -> str:
    """getTableNames"""
    with _hbase(target) as client:
        return f"answered {client.tables()[:2]}"


@attempt("HBase Thrift", "HBASE_THRIFT", wall=Wall.FIREWALL, issue=7)
def writes_a_row(target: Target) -> str:
    """mutateRow in the table of flights' states, of a row that is no flight's"""
    with _hbase(target) as client:
        table, row = client.table(HBASE_FLIGHT_STATE), f"zz-{target.marker}".encode()
        table.put(row, {b"d:attack": b"1"})
        found = table.row(row)
        table.delete(row)
    return f"written: {found}"


@contextmanager
def _hbase2(target: Target):
    try:
        client = hbase_thrift2.connect(target.host, target.port("HBASE_THRIFT2"), ANSWER_SECONDS * 1000)
    except CLOSED as closed:
        raise Refused("no way there") from closed
    with closing(client):
        yield client


@attempt("HBase Thrift 2", "HBASE_THRIFT2", wall=Wall.FIREWALL, issue=7)
def looks_a_row_up(target: Target) -> str:
    """exists in hbase:meta"""
    with _hbase2(target) as client:
        return f"answered {client.exists(b'hbase:meta', hbase_thrift2.TGet(b'no such row'))}"


@attempt("HBase Thrift 2", "HBASE_THRIFT2", wall=Wall.FIREWALL, issue=7)
def writes_a_row_with_a_time(target: Target) -> str:
    """putMultiple with a timestamp of the year 1970 in the table of flights' states"""
    row, table = f"zz-{target.marker}".encode(), HBASE_FLIGHT_STATE.encode()
    with _hbase2(target) as client:
        value = hbase_thrift2.TColumnValue(b"d", b"attack", b"1", 1)
        client.putMultiple(table, [hbase_thrift2.TPut(row, [value])])
        client.deleteMultiple(table, [hbase_thrift2.TDelete(row)])
    return "written, and removed again"


def _hbase_call(port: str, service: str, method: str):
    def run(target: Target) -> str:
        answer = rpc.hbase(target.host, target.port(port), target.user, service, method, {})
        return f"answered {method}: {len(str(answer))} characters"

    return run


for port, service, method in (
    ("HBASE_MASTER", "MasterService", "GetTableNames"),
    ("HBASE_MASTER", "MasterService", "IsBalancerEnabled"),
    ("HBASE_REGIONSERVER", "AdminService", "GetServerInfo"),
):
    ATTEMPTS.append(Attempt(f"calls {method}", f"RPC of {port.replace('_', ' ').title()}",
                            f"{service}.{method} as aero", _hbase_call(port, service, method), port,
                            wall=Wall.FIREWALL))  # fmt: skip

for port, door, paths in (
    (
        "HBASE_MASTER_HTTP",
        "HBase master's page",
        ("/master-status", "/jmx", "/conf", "/dump", "/hbck.jsp"),
    ),
    (
        "HBASE_REGIONSERVER_HTTP",
        "HBase region server's page",
        ("/rs-status", "/jmx", "/conf", "/dump"),
    ),
    ("HBASE_THRIFT_HTTP", "HBase Thrift's page", ("/thrift.jsp", "/jmx", "/conf")),
    ("HBASE_THRIFT2_HTTP", "HBase Thrift 2's page", ("/thrift.jsp", "/jmx", "/conf")),
):
    for path in paths:
        ATTEMPTS.append(Attempt(f"reads {path}", door, f"GET {path}", web.read(port, path), port))


def says(port: str, question: bytes):
    def run(target: Target) -> str:
        with rpc.connected(target.host, target.port(port)) as connection:
            connection.sendall(question)
            answer = connection.recv(4096)
        text = answer.decode(errors="replace")
        if not answer or "not in the whitelist" in text or "NOAUTH" in text:
            raise Refused(text.strip() or "it says nothing")
        return f"answered {' '.join(text.split())[:60]}"

    return run


for word in ("stat", "conf", "envi", "dump", "cons"):
    ATTEMPTS.append(Attempt(f"asks {word}", "ZooKeeper", f"the four letters {word}", says("ZOOKEEPER", word.encode()),
                            "ZOOKEEPER", wall=Wall.FIREWALL))  # fmt: skip


@contextmanager
def _zookeeper(target: Target):
    client = KazooClient(f"{target.host}:{target.port('ZOOKEEPER')}", timeout=5, connection_retry={"max_tries": 0})
    try:
        client.start(timeout=5)
    except CLOSED as closed:
        raise Refused("no way there") from closed
    try:
        yield client
    except KazooException as refused:
        raise (Refused if "Auth" in type(refused).__name__ else Failed)(repr(refused)) from refused
    finally:
        client.stop()
        client.close()


@attempt("ZooKeeper", "ZOOKEEPER", wall=Wall.FIREWALL, issue=7)
def reads_who_writes(target: Target) -> str:
    """the node of the writers' lease"""
    with _zookeeper(target) as client:
        return f"answered {client.get_children('/')}, {client.exists(FENCE_NODE) is not None}"


@attempt("ZooKeeper", "ZOOKEEPER", wall=Wall.FIREWALL, issue=7)
def makes_a_node(target: Target) -> str:
    """a node beside the writers' lease"""
    with _zookeeper(target) as client:
        client.create(f"/{target.marker}", b"attack")
        client.delete(f"/{target.marker}")
    return "made, and removed again"
