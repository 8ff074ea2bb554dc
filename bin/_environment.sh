# Sourced by the scripts beside it, with `root` set: finds Python and prepares .venv.
# Usage: prepare_environment [--dev]; afterwards "$python" is the Python of the environment.

prepare_environment() {
    base=
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            base=$candidate
            break
        fi
    done
    if [ -z "$base" ]; then
        echo "trombine: Python 3.11 or newer is required and was not found. Install it, or set PYTHON to its path." >&2
        exit 1
    fi
    "$base" "$root/bin/_environment.py" "$@" || exit 1
    python=$root/.venv/bin/python
}
