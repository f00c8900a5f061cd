"""Attempts at the machine itself: files, sockets, processes, and ports that stand in no setting.

They begin in AERO_HOME, whoever owns the folders above it: what they meet is the platform's own modes.
"""

import hashlib
import os
import re
import socket
import stat
from pathlib import Path

from bench.attacks import rpc
from bench.attacks.attempts import ATTEMPTS, Absent, Attempt, Failed, Refused, Target, Wall, attempt

# What Java, Spark, Hadoop and Superset leave in a folder for all, if nobody tells them of another.
LEFT_OVER = re.compile(r"spark-|blockmgr-|nm-|jetty-|Jetty_|hadoop-|hive|derby|tez|kafka|luigi|superset"
                       r"|aero|node-?attribute|liblz4|snappy|libleveldbjni|libzstd|libnetty")  # fmt: skip
SECRETS = ("secrets/people", "secrets/passwords/aero", "secrets/passwords/superset", "superset/secret_key",
           "superset/admin_password", "superset/aero_password", "superset/superset.db")  # fmt: skip
DATA = ("logs", "run", "hdfs/name", "hdfs/data", "kafka", "metastore", "zookeeper", "hbase", "luigi", "live",
        "yarn/local", "logs/audit", "tmp")  # fmt: skip


def _reads(path: str):
    def run(target: Target) -> str:
        place = Path(path)
        try:
            found = os.listdir(place) if stat.S_ISDIR(place.stat().st_mode) else place.read_bytes()[:10]
        except PermissionError as refused:
            raise Refused("permission denied") from refused
        except FileNotFoundError as absent:
            raise Absent from absent
        return f"read: {len(found)} {'names' if isinstance(found, list) else 'bytes'}"

    return run


for path in (*SECRETS, *DATA):
    issue = 2 if path in SECRETS else 8
    ATTEMPTS.append(Attempt(f"reads {path}", "files", f"AERO_HOME/{path}", _reads(path), wall=Wall.FILES, issue=issue))


@attempt("files", wall=Wall.FILES, issue=8)
def looks_into_the_data_root(target: Target) -> str:
    """whether anyone but its owner may enter AERO_HOME, whatever folder it lies in"""
    if target.home_mode & 0o077:
        return f"its mode is {target.home_mode:04o}"
    raise Refused(f"its mode is {target.home_mode:04o}")


@attempt("files", wall=Wall.FILES)
def writes_the_schedule(target: Target) -> str:
    """a file beside AERO_HOME/schedule/plan.json"""
    try:
        Path("schedule", target.marker).write_text("x")
    except OSError as refused:
        raise Refused(str(refused.strerror)) from refused
    return "written"


@attempt("files", wall=Wall.FILES, issue=8)
def reads_what_is_left_in_the_folder_for_all(target: Target) -> str:
    """files and folders of the platform's in /tmp that others may read"""
    found = []
    for entry in os.scandir("/tmp"):
        mode = entry.stat(follow_symlinks=False)
        is_ours = mode.st_uid == target.uid and mode.st_ctime >= target.began and LEFT_OVER.search(entry.name)
        if is_ours and mode.st_mode & (stat.S_IROTH | stat.S_IXOTH) and not entry.name.startswith("aero-attack"):
            found.append(entry.name)
    if not found:
        raise Refused("there is nothing")
    return f"{len(found)}: {', '.join(sorted(found)[:4])}"


@attempt("supervisor", wall=Wall.FILES)
def gives_the_supervisor_orders(target: Target) -> str:
    """a connection to AERO_HOME/run/supervisor.sock"""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect("run/supervisor.sock")
        except OSError as refused:
            raise Refused(str(refused.strerror)) from refused
    return "connected"


def _processes(name: str) -> list[tuple[str, bytes]]:
    """One file of each process that may be read."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found.append((folder.name, (folder / name).read_bytes()))
        except OSError:
            continue
    return found


@attempt("processes", wall=Wall.FILES, issue=8)
def finds_a_secret_in_the_process_list(target: Target) -> str:
    """every word of every command line against the platform's secrets"""
    for pid, line in _processes("cmdline"):
        for word in re.split(rb"[\0\s=:,@/&\"']+", line):
            if hashlib.sha256(word).hexdigest() in target.digests:
                return f"process {pid} shows one"
    raise Refused(f"none of {len(target.digests)} secrets is there")


@attempt("processes", wall=Wall.FILES, issue=2)
def reads_an_environment(target: Target) -> str:
    """/proc/PID/environ of the platform's processes"""
    own, found = str(os.getpid()), []
    for pid, text in _processes("environ"):
        if pid != own and b"AERO_HOME=" in text:
            found.append(pid)
    if not found:
        raise Refused("of none")
    return f"of {len(found)} processes"


@attempt("ports in no setting", wall=Wall.FIREWALL, issue=5)
def connects_to_each(target: Target) -> str:
    """every other port that a process of the platform listens on: Tez's, Spark's, those of Superset's workers"""
    opened = []
    for port in target.loose_ports:
        try:
            with rpc.connected(target.host, port):
                opened.append(port)
        except Refused:
            continue
    if not opened:
        raise Refused(f"none of {len(target.loose_ports)} lets it in")
    return f"{len(opened)} of {len(target.loose_ports)} let it in"


@attempt("ports in no setting", issue=5, seconds=180)
def sends_spark_an_object(target: Target) -> str:
    """a message to each of these ports, of which a Spark that asks for no secret makes an object of Java"""
    answers = {}
    for port in target.loose_ports:
        try:
            answers[port] = rpc.spark(target.host, port, seconds=3)
        except (Refused, Failed):
            continue
    taken = [port for port, answer in answers.items() if "SaslMessage" not in answer]
    if not answers:
        raise Absent
    if not taken:
        raise Refused(f"{len(answers)} ports of Spark's ask for a secret")
    return f"{len(taken)} of {len(answers)} ports of Spark's take it: {answers[taken[0]][:80]}"
