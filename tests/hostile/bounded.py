"""Work that may wait for ever, given so many seconds."""

import threading


def within(seconds: float, work):
    """What a piece of work raises, in a thread: it may wait for ever."""
    raised: list[BaseException] = []

    def tried() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=tried, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it hangs"
    return raised[0]
