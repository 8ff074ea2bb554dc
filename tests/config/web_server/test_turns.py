"""Places of requests are given on, whatever becomes of those who wait for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from config.web_server.turns import Turns


def test_a_place_is_not_lost_when_who_waits_for_it_goes_at_the_moment_it_is_free() -> None:
    async def work() -> None:
        turns, leave = Turns(1), asyncio.Event()

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

    # In a thread of its own: that of the tests may have the event loop of a browser.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()
