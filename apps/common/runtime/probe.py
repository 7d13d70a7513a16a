"""Whether our own web server can listen, and whether it is there."""

import errno
import socket
import urllib.error
import urllib.request

SECONDS = 5


def status(url: str) -> int:
    """The HTTP status there, 0 when nothing answers. Whatever it says, our server said it."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as response:  # noqa: S310 - our own address
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def obstacle(host: str, port: int) -> str | None:
    """Why a server cannot listen there now, in one line; None when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OverflowError:
            return f"{port} is no port."
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is in use; choose another with --port."
            return f"Cannot listen on {host}:{port}: {error.strerror}."
    return None
