"""Receivers of alerts on free ports: a webhook and a mail server that keep what they are told, fail, or are slow."""

import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
    """As much of SMTP as a client needs to leave a message. `refuses` the message where it is told so."""

    allow_reuse_address = True

    def __init__(self):
        self.mails, self.refuses = [], False
        super().__init__(("127.0.0.1", 0), _Smtp)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
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
