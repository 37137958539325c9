"""Event streams and the sockets below them: whether the other end is still there."""

from __future__ import annotations

import socket
from typing import Any

from flask import request

#: A peer that confirms nothing for this long is gone: together with a heartbeat this is noticed within half a minute.
DEAD_PEER_MS = 15_000


def drop_dead_peer() -> Any:
    """Let the kernel end this request's connection when the other end stops confirming; returns the socket, or None."""
    peer = request.environ.get("gunicorn.socket")
    if peer is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
    return peer


def has_hung_up(peer: Any) -> bool:
    """Whether the other end has closed the connection; without a look at the socket, no."""
    raw = getattr(peer, "_sock", peer)
    if raw is None:
        return False
    try:
        return raw.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
