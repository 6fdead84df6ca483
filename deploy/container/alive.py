"""Health of a container: asks /healthz where ALIVE_AT says, a socket's path or host:port."""

import os
import socket
import sys

place = os.environ.get("ALIVE_AT", "127.0.0.1:8000")
host, _, port = place.rpartition(":")
connection = socket.socket(socket.AF_UNIX if place.startswith("/") else socket.AF_INET)
connection.settimeout(4)
connection.connect(place if place.startswith("/") else (host, int(port)))
connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
sys.exit(b" 200 " not in connection.recv(64))
