"""Where live events come from: one module a source."""
