"""The attack suite: attempts at every door, as another user of the machine and from another network.

    .venv/bin/python -m bench.attacks

attempts.py says what an attempt is, runner.py how it is made as somebody else; the others hold the attempts.
"""
