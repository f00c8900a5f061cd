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

# People's roles, for sign_in.py, are made of Superset's own. Of those a person has no password to change here, asks
# nobody to register, brings in no file that names another database, takes none out, and makes nobody wait for an answer
# that is remembered. Neither server says what a question would cost.
NOBODY = {"UserRegistrationsRestAPI", "ResetMyPasswordView", "ImportExportRestApi", "OpenApi", "SwaggerView",
          "CacheRestApi"}  # fmt: skip
NOBODY_MAY = {("can_write", "CurrentUserRestApi"), ("resetmypassword", "UserDBModelView")}
NOBODY_MAY_ANYWHERE = {"can_export", "can_export_as_example", "can_estimate_query_cost"}
# What a reader has of Gamma's: to look, to filter, and to send a friend the address of what is seen.
LOOKS = set(
    """can_csv can_dashboard can_dashboard_permalink can_drill can_explore can_explore_json can_external_metadata
    can_fetch_datasource_metadata can_get can_get_drill_info can_language_pack can_list can_log can_query
    can_query_form_data can_read can_recent_activity can_share_chart can_share_dashboard can_slice can_time_range
    can_userinfo can_view_chart_as_table can_view_query menu_access""".split()
)
LOOKS_BY_WRITING = set(
    "DashboardFilterStateRestApi DashboardPermalinkRestApi ExploreFormDataRestApi ExplorePermalinkRestApi".split()
)
# A board on the wall, which shows the one dashboard that its token names (walls.py).
LOOKS_ON = [("can_read", kind) for kind in ("Chart", "Dashboard", "CurrentUserRestApi")]
ALL_TABLES = [("all_datasource_access", "all_datasource_access")]
ALL_TABLES += [("can_get_column_values", "Datasource"), ("can_samples", "Datasource")]
ALL_DATABASES = [("all_database_access", "all_database_access")]

app = create_app()
with app.app_context():
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

    def permissions_of(*names: str) -> list:
        """What these roles of Superset's own may and a person may too."""
        found = {one for name in names for one in security_manager.find_role(name).permissions}
        return [
            one
            for one in found
            if one.view_menu.name not in NOBODY
            and one.permission.name not in NOBODY_MAY_ANYWHERE
            and (one.permission.name, one.view_menu.name) not in NOBODY_MAY
        ]

    def keep_role(name: str, permissions: list, pairs: list) -> object:
        """The role of this name has these permissions and no other."""
        role = security_manager.add_role(name)
        role.permissions = list({*permissions, *(security_manager.add_permission_view_menu(*pair) for pair in pairs)})
        return role

    def looks(one) -> bool:
        name, what = one.permission.name, one.view_menu.name
        return name in LOOKS or (name == "can_write" and what in LOOKS_BY_WRITING)

    upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    reader = keep_role("AERO reader", [], READS)
    keep_role(app.config["GUEST_ROLE_NAME"], [], LOOKS_ON)
    keep_role("Reader", [one for one in permissions_of("Gamma") if looks(one)], ALL_TABLES)
    keep_role("Analyst", permissions_of("Gamma", "sql_lab"), ALL_TABLES + ALL_DATABASES)
    keep_role("Operator", permissions_of("Alpha", "sql_lab"), [])
    keep_account(os.environ["SUPERSET_ADMIN"], "Administrator", security_manager.find_role("Admin"))
    keep_account(os.environ["SUPERSET_READER"], "Reader", reader)
    db.session.commit()
