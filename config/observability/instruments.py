"""Metrics that the web server records itself; all others are computed when they are scraped.

bin/start runs one web process. For several, set PROMETHEUS_MULTIPROC_DIR to a folder that is empty at
startup, where prometheus-client merges their metrics.
"""

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

# Nothing needs these additional series.
disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped in the library

REGISTRY = CollectorRegistry()

REQUEST_SECONDS = Histogram(
    "trombine_http_request_duration_seconds",
    "Time until the response to a request begins, by method, route name and status class.",
    ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
