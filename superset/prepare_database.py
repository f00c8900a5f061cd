"""Bring Superset's own database to the installed version, with its roles and the administrator. Safe to repeat.

Runs in Superset's virtual environment: aero/superset/setup.py starts it.
"""

import os
from pathlib import Path

from flask_migrate import upgrade
from superset import db
from superset.app import create_app

with create_app().app_context():
    import superset
    from superset.extensions import appbuilder, security_manager

    upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    name = os.environ["SUPERSET_ADMIN"]
    password = (Path(os.environ["SUPERSET_HOME"]) / "admin_password").read_text()
    if user := security_manager.find_user(name):
        security_manager.reset_password(user.id, password)
    else:
        security_manager.add_user(
            name, "AERO", "Administrator", f"{name}@localhost", security_manager.find_role("Admin"), password=password
        )
    db.session.commit()
