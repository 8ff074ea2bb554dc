"""The people of load.py: they open pages with their pictures, or upload photos."""

from __future__ import annotations

import asyncio
import io
import os
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field

import aiohttp

PAGES = {"timeline": 6, "people": 2, "person": 4, "albums": 1, "album": 2, "photo": 6, "search": 2}
"""Kinds of pages and how often they are opened."""
FIRST_SCREEN = 16
"""Pictures of a page that are loaded before anybody scrolls."""
ACCEPT = {"Accept": "image/avif,image/webp,image/png,*/*;q=0.8"}
LOOKING = (2.0, 5.0)
BETWEEN_UPLOADS = (3.0, 6.0)
PICTURE = re.compile(r'src="(/[^"]+\.jpg(?:\?[^"]*)?)"')
WORDS = ("Lyon", "2019", "Kyoto", "Nikon", "summer", "Anna")

Known = dict[str, list]


@dataclass
class Figures:
    """Milliseconds by kind of request, and errors."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def page_of(kind: str, known: Known) -> str:
    """Return the address of a page of a kind."""
    match kind:
        case "person":
            return f"/people/{random.choice(known['people'])}/"
        case "photo":
            return f"/photos/{random.choice(known['photos'])}/"
        case "album":
            return f"/albums/{random.choice(known['albums'])}/"
        case "search":
            return f"/search/?q={random.choice(WORDS)}"
        case "timeline":
            return "/"
        case _:
            return f"/{kind}/"


async def get(session: aiohttp.ClientSession, kind: str, url: str, found: Figures) -> str:
    """Load an address, note the time until all of it has come, and return its text."""
    began = time.perf_counter()
    try:
        async with session.get(url, headers=ACCEPT if kind == "picture" else None) as response:
            content = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        found.errors.append(f"{kind}: {type(error).__name__}")
        return ""
    if response.status >= 400:
        found.errors.append(f"{kind}: {response.status}")
        return ""
    found.took[kind].append(1000 * (time.perf_counter() - began))
    return "" if kind == "picture" else content.decode()


async def browse(address: str, cookies: dict[str, str], known: Known, end: float, found: Figures) -> None:
    """One person who looks at pages."""
    seen: set[str] = set()
    kinds, weights = list(PAGES), list(PAGES.values())
    connector = aiohttp.TCPConnector(limit_per_host=6)
    timeout = aiohttp.ClientTimeout(total=60)
    # Not all at once: people come when they like.
    await asyncio.sleep(random.uniform(0, LOOKING[1]))
    async with aiohttp.ClientSession(connector=connector, cookies=cookies, timeout=timeout) as session:
        while time.monotonic() < end:
            kind = random.choices(kinds, weights)[0]
            page = await get(session, kind, address + page_of(kind, known), found)
            pictures = [url for url in dict.fromkeys(PICTURE.findall(page)) if url not in seen][:FIRST_SCREEN]
            seen.update(pictures)
            await asyncio.gather(
                *(get(session, "picture", address + url.replace("&amp;", "&"), found) for url in pictures)
            )
            await asyncio.sleep(random.uniform(*LOOKING))


async def upload(address: str, token: str, end: float, found: Figures) -> None:
    """One person who adds photos."""
    picture = drawn()
    timeout = aiohttp.ClientTimeout(total=120)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        while time.monotonic() < end:
            await asyncio.sleep(random.uniform(*BETWEEN_UPLOADS))
            # A comment makes each file a photo of its own.
            comment = os.urandom(16)
            content = picture[:2] + b"\xff\xfe\x00\x12" + comment + picture[2:]
            form = aiohttp.FormData()
            form.add_field("file", content, filename=f"{comment.hex()}.jpg", content_type="image/jpeg")
            began = time.perf_counter()
            try:
                async with session.post(f"{address}/api/v1/images/upload/", data=form) as response:
                    answer = await response.text()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                found.errors.append(f"upload: {type(error).__name__}")
                continue
            if response.status >= 400:
                found.errors.append(f"upload: {response.status} {answer[:100]}")
            else:
                found.took["upload"].append(1000 * (time.perf_counter() - began))


def drawn() -> bytes:
    """Return a picture of three megapixels."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (2048, 1536), tuple(random.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(400):
        x, y = random.randrange(2048), random.randrange(1536)
        color = tuple(random.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + random.randrange(300), y + random.randrange(300)), fill=color)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90)
    return content.getvalue()


def clients(
    address: str, setup: dict, *, cookies: list[dict[str, str]], uploading: int, seconds: float
) -> tuple[dict[str, list[float]], list[str]]:
    """Be some of the people, in a process of their own."""
    found, end = Figures(), time.monotonic() + seconds

    async def everybody() -> None:
        await asyncio.gather(
            *(browse(address, mine, setup, end, found) for mine in cookies),
            *(upload(address, setup["token"], end, found) for _ in range(uploading)),
        )

    asyncio.run(everybody())
    return dict(found.took), found.errors
