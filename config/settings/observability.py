"""Settings of metrics."""

from config import env

# Required for /metrics if set; otherwise requests from this machine are allowed.
METRICS_TOKEN = env.text("TROMBINE_METRICS_TOKEN")
