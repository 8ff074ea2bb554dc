"""Places of requests are given on, whatever becomes of those who wait for them; pages go first."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from config.web_server.turns import Turns


def test_a_place_is_not_lost_when_who_waits_for_it_goes_at_the_moment_it_is_free() -> None:
    async def work() -> None:
        turns, leave = Turns(1, 1), asyncio.Event()

        async def hold() -> None:
            async with turns.turn(urgent=True):
                await leave.wait()

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(hold()) for _number in range(2)]
        await asyncio.sleep(0)
        assert turns.waiting == 2
        leave.set()
        await asyncio.sleep(0)  # the holder runs, and has not left
        for task in waiting:
            task.cancel()
        await asyncio.wait([holder, *waiting], timeout=5)
        assert holder.exception() is None
        assert all(task.cancelled() for task in waiting)
        assert turns.waiting == 0
        async with asyncio.timeout(5), turns.turn(urgent=True):
            pass

    run(work())


def test_pictures_have_few_places_beside_a_page_and_all_without_one() -> None:
    async def work() -> None:
        turns, running = Turns(4, 1), []
        leave = {name: asyncio.Event() for name in ("page", "second page", "picture")}

        async def hold(name: str, *, urgent: bool) -> None:
            async with turns.turn(urgent=urgent):
                running.append(name)
                await leave[name].wait()
                running.remove(name)

        tasks = [asyncio.create_task(hold("page", urgent=True))]
        tasks += [asyncio.create_task(hold("picture", urgent=False)) for _number in range(6)]
        await asyncio.sleep(0.01)
        assert sorted(running) == ["page", "picture"]
        tasks.append(asyncio.create_task(hold("second page", urgent=True)))
        await asyncio.sleep(0.01)
        assert sorted(running) == ["page", "picture", "second page"]
        leave["page"].set()
        await asyncio.sleep(0.01)
        assert sorted(running) == ["picture", "second page"]
        leave["second page"].set()
        await asyncio.sleep(0.01)
        assert running == ["picture"] * 4
        assert turns.waiting == 2
        leave["picture"].set()
        async with asyncio.timeout(5):
            await asyncio.gather(*tasks)

    run(work())


def run(work: Coroutine[Any, Any, None]) -> None:
    # In a thread of its own: that of the tests may have the event loop of a browser.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
