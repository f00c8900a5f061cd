"""Flights in the air now: the live sources, and the way to the topic `flights.live`.

replay (past days of aero_clean.flights) ─┐
aviationstack (schedules, states) ────────┼─► FlightEvent (event.py) ─► aero/producer.py ─► Kafka `flights.live`
opensky (positions) ──────────────────────┘
          └── the answers as they came (archive.py) ─► HDFS /aero/raw/live

The list of live sources, and how to add one, is sources/__init__.py. What the stream makes of their events is read from
HBase by store.py, for the board (board.py) and for `aero live status`.
"""
