"""Luigi's own command, `luigi`, whose workers come in at luigid's door."""

from luigi import rpc
from luigi.cmdline import luigi_run

from aero import http_door


class Fetcher(rpc.RequestsFetcher):
    """Asks luigid. A process that was forked has a session of its own."""

    def __init__(self) -> None:
        super().__init__()
        http_door.sign(self.session)

    def check_pid(self) -> None:
        before = self.session
        super().check_pid()
        if self.session is not before:
            http_door.sign(self.session)


if __name__ == "__main__":
    # Luigi makes its fetcher itself, and would take a password in the address only, which it logs.
    vars(rpc)["RequestsFetcher"] = Fetcher
    luigi_run()
