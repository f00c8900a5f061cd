"""A past day, played again as live events."""
