"""Superset from outside: installing it, its secrets, and its HTTP interface. What it shows is under superset/assets."""
