"""The embedded Postgres and broker of a data folder, and the processes that run beside them."""
