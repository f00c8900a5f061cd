"""What the platform knows of itself: quality gates, the ledger of months, freshness, and the schedule."""
