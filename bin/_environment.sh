# Sourced by the programs beside it, with `root` set: finds Python, makes .venv, installs what is required.
# Usage: prepare_environment [--dev]; afterwards "$python" runs in the environment.

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
        echo "trombine: Python 3.11 or newer is needed, and none was found. Install one, or set PYTHON to its path." >&2
        exit 1
    fi
    "$base" "$root/bin/_environment.py" "$@" || exit 1
    python=$root/.venv/bin/python
}
