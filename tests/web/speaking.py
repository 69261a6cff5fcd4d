"""One request in HTTP/2, with or without TLS, as a client sends it that knows beforehand what the server speaks."""

import socket
import ssl
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    body: bytes = b""
    chosen: str | None = None
    """The protocol that TLS agreed on."""
    headers: dict[str, str] = field(default_factory=dict)


def ask(port: int, path: str, body: bytes = b"", *, trusting: ssl.SSLContext | None = None) -> Answer:
    """Send a request to this machine and return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        if trusting is None:
            return _exchange(line, path, body, Answer())
        with trusting.wrap_socket(line, server_hostname="localhost") as safe:
            return _exchange(safe, path, body, Answer(chosen=safe.selected_alpn_protocol()))


def _exchange(line: socket.socket, path: str, body: bytes, answer: Answer) -> Answer:
    h2 = H2Connection(H2Configuration(header_encoding="utf-8"))
    h2.initiate_connection()
    method = "POST" if body else "GET"
    h2.send_headers(
        1, [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", path)], not body
    )
    ended = False
    while not ended:
        while body and (room := min(h2.local_flow_control_window(1), h2.max_outbound_frame_size)):
            h2.send_data(1, body[:room], end_stream=len(body) <= room)
            body = body[room:]
        line.sendall(h2.data_to_send())
        for event in h2.receive_data(line.recv(1 << 16)):
            ended = ended or _heard(event, answer, h2)
    return answer


def _heard(event: object, answer: Answer, h2: H2Connection) -> bool:
    if isinstance(event, ResponseReceived):
        answer.headers = dict(event.headers)
        answer.status = int(answer.headers.pop(":status"))
    elif isinstance(event, DataReceived):
        answer.body += event.data
        h2.acknowledge_received_data(event.flow_controlled_length, 1)
    return isinstance(event, StreamEnded)
