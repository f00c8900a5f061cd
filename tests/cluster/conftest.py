"""Who is told of troubles while a test provokes them."""

import email
import email.policy
import json

import pytest

from tests.aero.ops.alerts.local_receivers import Mailbox, Webhook, kept
from tests.waiting import until


class Told:
    """A webhook and a mailbox, as receivers `hook` and `box`."""

    def __init__(self, hook: Webhook, box: Mailbox):
        self.hook, self.box = hook, box

    def times(self, what: str, event: str) -> tuple[int, int]:
        """How often the webhook and the mailbox were told that an event is `new` or `mended`."""
        posted = [one["id"] for body, _ in self.hook.told for one in json.loads(body)[what]]
        mails = [email.message_from_string(mail, policy=email.policy.default).get_content() for mail in self.box.mails]
        words = [f"mended {event}: "] if what == "mended" else [f"error {event}: ", f"warning {event}: "]
        lines = [line for mail in mails for line in mail.splitlines() if line.startswith(tuple(words))]
        return posted.count(event), len(lines)

    def until(self, what: str, event: str) -> None:
        """Wait until both were told, within a minute, which is promised. Twice is a failure at once."""

        def both():
            found = self.times(what, event)
            assert max(found) < 2
            return found == (1, 1)

        until(both, seconds=60, may_be_away=False)


@pytest.fixture
def told():
    """Both, for as long as the test takes. What another test's were told counts: their names are the same."""
    with Webhook() as hook, Mailbox() as box:
        path = kept(
            f'[hook]\nkind = "json"\nurl = "{hook.url}"\n[box]\nkind = "mail"\nhost = "127.0.0.1"\nport = {box.port}\n'
            'tls = "none"\nfrom = "aero@example.org"\nto = ["duty@example.org"]\n'
        )
        try:
            yield Told(hook, box)
        finally:
            path.unlink()
