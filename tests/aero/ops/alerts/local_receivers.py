"""Receivers of alerts on free ports: a webhook and a mail server that keep what they are told, fail, or are slow."""

import base64
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aero.ops.alerts import receivers
from aero.settings import load_settings


def kept(text: str) -> Path:
    """The file of receivers, with this in it: who is in it is told from the next look on."""
    path = receivers.file(load_settings())
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


class Webhook(ThreadingHTTPServer):
    """Keeps bodies and headers. It answers with `code`, once `goes_on` is set."""

    def __init__(self, port=0):
        self.code, self.told, self.goes_on = 200, [], threading.Event()
        self.goes_on.set()
        super().__init__(("127.0.0.1", port), _Post)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook/very-secret"

    def __exit__(self, *_):
        self.goes_on.set()
        self.shutdown()
        self.server_close()


class _Post(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.goes_on.wait(30)
        if self.server.code == 200:
            self.server.told.append((body, dict(self.headers)))
        self.send_response(self.server.code)
        self.send_header("Content-Length", "0")
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


class Mailbox(socketserver.ThreadingTCPServer):
    """As much of SMTP as a client needs to leave a message. `refuses` the message where it is told so; with a `login`,
    it wants that first, by TLS with the key and certificate of the file `pem`: from the start, or by STARTTLS.
    """

    allow_reuse_address = True

    def __init__(self, port=0, tls="none", pem=None, login=None):
        self.mails, self.refuses, self.tls, self.login = [], False, tls, login
        if pem:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(pem)
        super().__init__(("127.0.0.1", port), _Smtp)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self):
        self.knows = self.server.login is None
        try:
            if self.server.tls == "tls":
                self._encrypt()
            self.wfile.write(b"220 here\r\n")
            self._talk()
        except OSError:
            pass  # Who does not trust the certificate hangs up.

    def _encrypt(self):
        self.request = self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

    def _talk(self):
        while line := self.rfile.readline():
            word, *words = line.split() or [b""]
            word, is_secret = word.upper(), isinstance(self.connection, ssl.SSLSocket)
            if word == b"EHLO":
                offered = b"AUTH PLAIN" if is_secret else b"STARTTLS" if self.server.tls == "starttls" else b"HELP"
                self.wfile.write(b"250-here\r\n250 " + offered + b"\r\n")
            elif word == b"STARTTLS":
                self.wfile.write(b"220 go on\r\n")
                self._encrypt()
            elif word == b"AUTH":
                given = base64.b64decode(words[1]).decode().split("\0")[1:]
                self.knows = is_secret and tuple(given) == self.server.login
                self.wfile.write(b"235 well\r\n" if self.knows else b"535 not you\r\n")
            elif word == b"MAIL" and not self.knows:
                self.wfile.write(b"530 who are you\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                if not self.server.refuses:
                    self.server.mails.append(mail.decode())
                self.wfile.write(b"451 not now\r\n" if self.server.refuses else b"250 kept\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 well\r\n")
