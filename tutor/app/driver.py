"""The terminal, which may go away, stop being read, or be left for the shell: Textual's driver, made ready for that.

Textual's own writes from a thread that ends at the first error, after which the app waits for it without end; takes up
the terminal a second time at any SIGCONT, and then leaves it as it was found in between; and stops itself alone, so
that a shell that waits for what started it never gets its prompt back.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from tutor.app.leaving import leave, terminal_taken

if TYPE_CHECKING:
    import asyncio

    from textual.app import App

LOOK = 1.0
"""Seconds between two looks whether the terminal is still there: not everybody is told when it goes."""
HUNG_UP = 128 + signal.SIGHUP


class TerminalDriver(LinuxDriver):
    """Input and output of the app in a terminal."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("Any", _Outlet(self._file, self._lost))
        self._look_again: asyncio.TimerHandle | None = None
        self._away = False
        self._continued = False

    # Taking the terminal, and giving it back

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.attrs_before is not None:
            terminal_taken(self.fileno, self.attrs_before)
        if self._look_again is None:
            self._look_again = self._loop.call_later(LOOK, self._look)

    def close(self) -> None:
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None
        super().close()

    def write(self, data: str) -> None:
        # Without a thread that takes it, it would wait in a queue that soon is full, and then the app with it.
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    # A terminal that goes away

    def _look(self) -> None:
        poll = select.poll()
        poll.register(self.fileno, 0)
        if any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _fd, events in poll.poll(0)):
            self._look_again = None
            self._lost()
        else:
            self._look_again = self._loop.call_later(LOOK, self._look)

    def _lost(self) -> None:
        """The terminal is gone, as any thread may find: nobody looks any more."""
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(leave, self._app, HUNG_UP)

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        except OSError:
            self._lost()

    # Leaving for the shell

    def to_the_shell(self) -> bool:
        """Stop as ctrl+z stops a program, and return when `fg` has brought it back.

        Returns:
            Whether there is a shell that could do so.
        """
        # The leader of the session is the shell that hands the terminal out. Where that is us, nobody would wake us.
        if os.getpgrp() == os.getsid(0) or self._leaving:
            return False
        self._away, self._continued = True, False
        self.suspend_application_mode()
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            # All of the job, as the kernel does it, or whatever started us would go on and keep the shell waiting.
            # Where nobody could wake us, this signal, unlike SIGSTOP, does nothing.
            os.killpg(0, signal.SIGTSTP)
        finally:
            signal.signal(signal.SIGTSTP, handler)
            self._away = False
        self._must_signal_resume = True
        self.resume_application_mode()
        return self._continued

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:  # not from here: what is interrupted may hold a lock that this takes
            self._loop.call_soon_threadsafe(self.to_the_shell)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        self._continued = True
        if self._auto_restart and not self._away:
            self._loop.call_soon_threadsafe(self._continue)

    def _continue(self) -> None:
        """Somebody has stopped us who did not ask, and the shell may have used the terminal meanwhile."""
        if self._auto_restart and not self._leaving:
            self.suspend_application_mode()
            self.resume_application_mode()

    @property
    def _leaving(self) -> bool:
        """Whether the app ends. It gives the terminal back then, and must not take it up once more."""
        return self._app.return_code is not None

    @property
    def lent(self) -> bool:
        """Whether the terminal is an editor's at the moment."""
        return not self._auto_restart


class _Outlet:
    """A file that may stop to take anything. Then everything is dropped, and ``lost`` called."""

    def __init__(self, file: TextIO | None, lost: Any) -> None:
        self._file = file
        self._lost = lost

    def write(self, text: str) -> None:
        if self._file is not None:
            try:
                self._file.write(text)
            except (OSError, ValueError):
                self._give_up()

    def flush(self) -> None:
        if self._file is not None:
            try:
                self._file.flush()
            except (OSError, ValueError):
                self._give_up()

    def fileno(self) -> int:
        return self._file.fileno() if self._file is not None else -1

    def _give_up(self) -> None:
        self._file = None
        self._lost()


def put_right(descriptor: int, attributes: list[Any]) -> None:
    """Give the terminal back where the ordinary way does not get through, because nobody reads it. Never waits."""
    with contextlib.suppress(OSError, termios.error, ValueError):
        # In the background, either call would stop this process.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        termios.tcflush(descriptor, termios.TCOFLUSH)
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
        # A description of its own: not to wait would otherwise hold for the shell as well.
        terminal = os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        os.write(terminal, GIVE_BACK)


GIVE_BACK = b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l" + (
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What ``stop_application_mode`` writes."""
