"""What `aero live status` shows: the processes, the stream's last batch, the states, and how far the source is."""

import json
from typing import Any

from aero import process_state
from aero.cluster.supervision import Process, Supervisor
from aero.live import store
from aero.live.sources import SOURCES, configs
from aero.live.sources.configs import ReplayConfig
from aero.settings import Settings

COUNTS = ("rows_in", "rows_processed", "rows_rejected", "rows_late", "rows_missing", "flights", "windows", "kafka_lag")
BATCH = ("batch_id", "batch_milliseconds", *COUNTS)
BATCH_TIMES = ("started_at", "watermark_at", "newest_event_at")


def read(settings: Settings) -> dict[str, Any]:
    """JSON values: `processes` (the stream and the live sources), `batch` (the stream's last one, null before there is
    one), `clock` (time in the world of the flights, UTC), `states` (flights by status), `replay`.

    Raises AeroError where HBase does not answer.
    """
    processes = Supervisor(settings).processes()
    names = ("stream", *SOURCES)
    with store.opened() as hbase:
        last, clock = store.batches(hbase, 1), store.clock(hbase)
        states = store.statuses(hbase)
    return {
        "processes": {name: _process(settings, processes.get(name), name) for name in names},
        "batch": _batch(last[0]) if last else None,
        "clock": clock and clock.isoformat(),
        "states": dict(sorted(states.items())),
        "replay": replay_progress(settings),
    }


def _process(settings: Settings, process: Process | None, name: str) -> dict[str, Any]:
    alive = bool(process and process.alive)
    state = process_state.read(settings, name)
    facts = {key: value for key, value in state.items() if key not in ("state", "pid")}
    return {"running": alive, "state": state.get("state", "never started"), **facts}


def _batch(row: store.Row) -> dict[str, Any]:
    numbers = {name: int(row[name]) if row.get(name) else None for name in BATCH}
    return numbers | {name: row.get(name) or None for name in BATCH_TIMES}


def replay_progress(settings: Settings) -> dict[str, Any] | None:
    """How far the replay is: `sent` deliveries that Kafka has acknowledged, `is_finished`, the `counts` of its delivery
    log by fault, and its config as `plan`; null where none was started."""
    if not configs.exists(settings, "replay"):
        return None
    config = configs.read(settings, "replay", ReplayConfig)
    return {"plan": {"speed": config.speed, **config.deliveries}, **progress(settings, config)}


def progress(settings: Settings, config: ReplayConfig) -> dict[str, Any]:
    """How far a replay is by its delivery log: `ledger` (its folder), `sent`, `is_finished` and `counts`."""
    folder = config.log_folder(settings)
    try:
        saved = json.loads((folder / "position.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        saved = {"position": 0, "is_finished": False, "counts": {}}
    return {
        "ledger": str(folder),
        "sent": saved["position"],
        "is_finished": saved["is_finished"],
        "counts": saved["counts"],
    }
