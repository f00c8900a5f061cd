"""Flights in the air now: the sources of live events, and the way to the topic `flights.live`.

replay (a past day of BTS rows) ─┐
aviationstack (schedule, status) ─┼─► FlightEvent (event.py) ─► producer.py ─► Kafka `flights.live`
opensky (positions)              ─┘
          └── the answers as they came (archive.py) ─► HDFS /aero/raw/live
"""
