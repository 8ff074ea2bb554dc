"""The framework of management commands: arguments, progress, results and exit codes."""
