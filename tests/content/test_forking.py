"""A process may be forked while a thread of it follows the files."""

import os
from threading import Event, Thread

from portal.content.forking import uncut


def test_a_fork_waits_for_the_work_of_a_thread_and_the_next_work_for_nobody():
    begun, done = Event(), []

    def work() -> None:
        with uncut():
            begun.set()
            Event().wait(0.2)
            done.append("whole")

    for _ in range(2):
        thread = Thread(target=work)
        thread.start()
        begun.wait()
        child = os.fork()
        if child == 0:
            with uncut():  # nobody in the child holds what the thread of the parent held
                os._exit(0 if done else 1)
        assert os.waitpid(child, 0)[1] == 0
        thread.join()
        begun.clear()
        done.clear()
