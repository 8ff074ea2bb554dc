"""What the web server measures itself. All else in the metrics is asked for when they are scraped.

bin/start runs one web process with several threads, so these numbers are whole. Who runs several processes
sets PROMETHEUS_MULTIPROC_DIR to a folder that is empty at their start: prometheus-client brings them together
there.
"""

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

# A second series for each, which nothing here needs.
disable_created_metrics()  # type: ignore[no-untyped-call]  # as the library has it

REGISTRY = CollectorRegistry()

REQUEST_SECONDS = Histogram(
    "trombine_http_request_duration_seconds",
    "Time until the answer to a request begins, by method, name of the route and class of status.",
    ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
