"""Bring Superset's own database to the installed version, with its roles and accounts. Safe to repeat.

Runs in Superset's virtual environment: aero/superset/setup.py starts it.
"""

import os
from pathlib import Path

from flask_migrate import upgrade
from superset import db
from superset.app import create_app

# What aero/superset/refresh.py asks: lists of charts, datasets and dashboards, and the charts' data.
READS = [("can_read", kind) for kind in ("Chart", "Dataset", "Dashboard")]
READS += [("all_datasource_access", "all_datasource_access"), ("can_read", "SecurityRestApi")]

with create_app().app_context():
    import superset
    from superset.extensions import appbuilder, security_manager

    def keep_account(name: str, last_name: str, role) -> None:
        """The account of this name has this role, and the password in its file."""
        password = (Path(os.environ["SUPERSET_HOME"]) / f"{name}_password").read_text()
        if user := security_manager.find_user(name):
            user.roles = [role]
            security_manager.reset_password(user.id, password)
        else:
            security_manager.add_user(name, "AERO", last_name, f"{name}@localhost", role, password=password)

    upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    reader = security_manager.add_role("AERO reader")
    reader.permissions = [security_manager.add_permission_view_menu(*one) for one in READS]
    keep_account(os.environ["SUPERSET_ADMIN"], "Administrator", security_manager.find_role("Admin"))
    keep_account(os.environ["SUPERSET_READER"], "Reader", reader)
    db.session.commit()
