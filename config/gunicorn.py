"""gunicorn's settings: ``gunicorn -c config/gunicorn.py config.wsgi:application``.

Web processes keep nothing between requests; scale out by starting more of them.
"""

import gc
import os
import signal
import sys
from typing import Any

from gunicorn import glogging

from apps.common import logs
from apps.common.runtime.launch import die_with_parent

# Before the settings are read: one pooled connection a thread.
THREADS = int(os.environ.get("WEB_THREADS", "8"))
os.environ.setdefault("DB_POOL", str(THREADS))

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = THREADS
max_requests = 5000
max_requests_jitter = 500
timeout = 30
graceful_timeout = 30
keepalive = 5
preload_app = True  # one import for all workers, and a recycled worker is there at once
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - the heartbeat file
accesslog = "-"
errorlog = "-"


class JsonLogger(glogging.Logger):  # type: ignore[misc]  # it has no types
    """Both logs as JSON. Of a query string only the names are written, and no address."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(logs.JsonFormatter())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not self.access_log_enabled:
            return
        fields = {
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "query": logs.parameters(environ.get("QUERY_STRING", "")),
            "status_code": int(str(resp.status).split(None, 1)[0]),
            "duration_ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("request", extra=fields)


logger_class = JsonLogger


def on_starting(server: Any) -> None:
    """Refuse to serve with settings that are not safe in production."""
    from django.db import connections  # noqa: PLC0415 - Django is set up by now, not before

    from apps.common.checks import complaints  # noqa: PLC0415

    found = complaints()
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # a pool and its threads do not survive the fork into workers
    for line in found:
        server.log.error(line)
    if found:
        sys.exit(1)


def when_ready(server: Any) -> None:
    """What is loaded now stays for good: keep the collector from copying its pages in each worker."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its master, even when that is killed."""
    die_with_parent(worker.ppid, signal.SIGKILL)
