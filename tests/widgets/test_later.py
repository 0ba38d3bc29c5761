"""What the lab puts off while a slider moves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from disca_nb.widgets._later import Later


class Work:
    """Three pieces that say that they were done, and an event at the end."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.over = asyncio.Event()

    def __call__(self) -> Iterator[None]:
        for piece in (1, 2):
            self.done.append(piece)
            yield
        self.done.append(3)
        self.over.set()


def test_without_a_loop_all_is_done_at_once() -> None:
    work = Work()
    later = Later(work)
    later.call()
    later.call()
    later.cancel()
    assert work.done == [1, 2, 3, 1, 2, 3]


def test_calls_that_follow_each_other_are_one() -> None:
    async def main() -> list[int]:
        work = Work()
        later = Later(work, pause=0.01, longest=60.0)
        for _ in range(5):
            later.call()
        assert work.done == []
        await work.over.wait()
        await asyncio.sleep(0.05)
        return work.done

    assert asyncio.run(main()) == [1, 2, 3]


def test_a_call_between_two_pieces_drops_the_rest() -> None:
    async def main() -> list[int]:
        work = Work()
        later = Later(work, pause=0.0, longest=60.0)
        later.call()
        while not work.done:  # noqa: ASYNC110 - that a piece was done is what is waited for
            await asyncio.sleep(0.0)
        later.call()
        await work.over.wait()
        return work.done

    assert asyncio.run(main()) == [1, 1, 2, 3]


def test_it_is_done_at_last_however_often_it_is_asked_for() -> None:
    async def main() -> list[int]:
        work = Work()
        later = Later(work, pause=60.0, longest=0.02)
        while not work.over.is_set():
            later.call()
            await asyncio.sleep(0.005)
        later.cancel()
        return work.done

    assert asyncio.run(main()) == [1, 2, 3]


def test_what_is_cancelled_is_not_done() -> None:
    async def main() -> list[int]:
        work = Work()
        later = Later(work, pause=0.01)
        later.call()
        later.cancel()
        await asyncio.sleep(0.05)
        return work.done

    assert asyncio.run(main()) == []
