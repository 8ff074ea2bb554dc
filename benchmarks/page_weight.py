"""The styles and scripts of a page that a browser loads with it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

LINKED = re.compile(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"|<script[^>]+src="([^"]+)"')
IMPORTED = re.compile(r"""(?:^|[\s;])(?:import|from)\s*["'](\.[^"']+)["']""", re.MULTILINE)
"""Not `import(...)`, which loads a script when it is used."""
LATER = re.compile(r"<template\b.*?</template>", re.DOTALL)
"""Parts of a page that a script inserts when they are used, with the styles that they link."""


def linked(client: Any, html: str) -> list[bytes]:
    """Return the styles and scripts of a page, each once, with imported scripts."""
    waiting = [style or script for style, script in LINKED.findall(LATER.sub("", html))]
    seen: dict[str, bytes] = {}
    while waiting:
        address = waiting.pop()
        # Remove the fingerprint from the name.
        plain = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", address)
        if plain in seen:
            continue
        if address.startswith(settings.STATIC_URL):
            file = finders.find(plain.removeprefix(settings.STATIC_URL).split("?")[0])
            if not isinstance(file, str):
                sys.exit(f"{address} is not a static file.")
            seen[plain] = Path(file).read_bytes()
            if plain.endswith(".js"):
                folder = plain.rpartition("/")[0]
                names = IMPORTED.findall(seen[plain].decode())
                waiting += [os.path.normpath(f"{folder}/{name}") for name in names]
        else:
            seen[plain] = client.get(address).content
    return list(seen.values())
