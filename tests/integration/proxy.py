"""Proxies for the tests: HTTP CONNECT with Basic, and SOCKS 5 with user and password (RFC 1928, RFC 1929)."""
import base64
import contextlib
import select
import socket
import threading


class Proxy:
    """Lets through who gives `login`, to the loopback interface; `seen` is what was given, `asked` the targets."""

    def __init__(self, kind, login):
        self.kind, self.login, self.seen, self.asked = kind, login, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError, EOFError):
            target = (self.socks if self.kind == "socks5" else self.connect)(connection)
            if target:
                with socket.create_connection(("127.0.0.1", target)) as other:
                    self.relay(connection, other)

    def connect(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.some(connection, 4096)
        lines = head.decode("latin-1").split("\r\n")
        given = next((line.split()[-1] for line in lines if line.lower().startswith("proxy-authorization:")), "")
        self.seen.append(base64.b64decode(given).decode())
        self.asked.append(lines[0].split()[1])
        if self.seen[-1] != self.login:
            connection.sendall(b"HTTP/1.1 407 no\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
            return None
        connection.sendall(b"HTTP/1.1 200 go\r\n\r\n")
        return int(self.asked[-1].rsplit(":", 1)[1])

    def socks(self, connection):
        self.exactly(connection, self.exactly(connection, 2)[1])
        connection.sendall(b"\x05\x02")
        user = self.exactly(connection, self.exactly(connection, 2)[1])
        password = self.exactly(connection, self.exactly(connection, 1)[0])
        self.seen.append(f"{user.decode()}:{password.decode()}")
        good = self.seen[-1] == self.login
        connection.sendall(b"\x01\x00" if good else b"\x01\x01")
        if not good:
            return None
        kind = self.exactly(connection, 4)[3]
        length = {1: 4, 4: 16}.get(kind) or self.exactly(connection, 1)[0]
        host = self.exactly(connection, length)
        port = int.from_bytes(self.exactly(connection, 2), "big")
        self.asked.append(f"{host.decode() if kind == 3 else kind}:{port}")
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return port

    @staticmethod
    def some(connection, size):
        data = connection.recv(size)
        if not data:
            raise EOFError
        return data

    @classmethod
    def exactly(cls, connection, size):
        data = b""
        while len(data) < size:
            data += cls.some(connection, size - len(data))
        return data

    @staticmethod
    def relay(one, other):
        pairs = {one: other, other: one}
        while True:
            for ready in select.select(list(pairs), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                pairs[ready].sendall(data)

    def stop(self):
        self.listener.close()
