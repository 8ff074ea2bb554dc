"""What the operator may see of a running Trombine."""

from config import env

# With it the metrics answer to whoever has it, and no longer to everybody on this machine.
METRICS_TOKEN = env.text("TROMBINE_METRICS_TOKEN", "")
