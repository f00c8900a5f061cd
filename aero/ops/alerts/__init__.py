"""Alerts: the platform tells its people what is wrong, by webhook or mail, once, and that it is mended.

    aero/ops/alerts.toml       the rules: what is worth a message
    <secrets>/alerts.toml      the receivers, of mode 0600 (aero/ops/alerts/receivers.py)
    <AERO_HOME>/alerts/        what is the matter now, what each receiver was told, what is silenced

The service `scheduler` looks (aero/ops/alerts/watch.py). Each receiver is told the difference between what is the
matter and what it was told, so nothing is told twice, and what was over before it answered is not told at all.
"""

from pathlib import Path

from aero.settings import Settings


def folder(settings: Settings) -> Path:
    return settings.home / "alerts"
