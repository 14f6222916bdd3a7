"""A process that asks no other machine for anything: no name is looked up, no connection made but to this machine.

For processes that only answer, as the page's server and the reader of strangers' files: whatever a library in them is
brought to try, it is refused. What listens is not touched.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

_LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_CALLS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "os.fork"})


def stay_home(*, alone: bool = False) -> None:
    """Refuse, from now on and for good, what would leave this machine.

    Args:
        alone: refuse every connection and every other program, too.
    """

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LOOK_UPS:
            foreign = alone or not _is_here(arguments[0])
        elif event in _CALLS:
            foreign = alone or not _is_local_address(arguments[1])
        else:
            foreign = alone and event in _PROGRAMS
        if foreign:
            raise ConnectionRefusedError("this process asks no other machine for anything")

    sys.addaudithook(watch)


def _is_local_address(address: object) -> bool:
    """Tell whether an address of a socket is one of this machine; other than (host, port, …) are paths, or none."""
    return not isinstance(address, tuple) or _is_here(address[0])


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host or "")
    if name.lower() in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
