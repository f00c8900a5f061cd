"""A dashboard by mail, from the running Superset to a mailbox."""

import io
from email import message_from_string, policy

import pytest
from PIL import Image

from tests.aero.ops.alerts.local_receivers import Mailbox, kept
from tests.command import aero

pytestmark = [pytest.mark.cluster, pytest.mark.browser, pytest.mark.long]
BOARD = """
[board]
kind = "mail"
host = "127.0.0.1"
port = {port}
tls = "none"
from = "aero@example.org"
to = ["duty@example.org"]
dashboards = ["health"]
at = "23:59"
alerts = false
"""


@pytest.fixture
def mailbox(year_2013):
    """That of a receiver of the dashboard; its daily mail is not due before midnight."""
    with Mailbox() as box:
        file = kept(BOARD.format(port=box.port))
        yield box
        file.unlink()


def test_a_dashboard_comes_by_mail_as_a_picture(mailbox):
    assert aero("report", "send", "board").out == "board took health.\n"
    [mail] = [message_from_string(one, policy=policy.default) for one in mailbox.mails]
    [part] = [one for one in mail.walk() if one.get_content_type() == "image/png"]
    drawn = Image.open(io.BytesIO(part.get_content()))
    assert drawn.width > 1000 and drawn.height > 200 and drawn.convert("L").getextrema()[0] < 100
