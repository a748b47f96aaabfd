"""The replay of a battle in a browser: served on this machine, or saved as a folder that opens by itself.

Light to import; what makes the data is loaded when it is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parapet.analysis.battle_result import Battle
    from parapet.web.serve import ReplayServer


def save_replay(battle: Battle, folder: str | Path) -> Path:
    """Write the replay of a battle (recorded at level ``full``) into a folder; returns the page to open.

    Raises
    ------
    InputError
        If the battle holds no positions, the page has not been built, or the folder holds other things.
    """
    from parapet.web.data import script
    from parapet.web.saving import save

    return save(script(battle), folder)


def replay_server(battle: Battle, port: int = 0) -> ReplayServer:
    """A server of the replay of a battle (recorded at level ``full``) on 127.0.0.1; call its ``serve_forever``.

    ``port`` 0 takes a free one; ``server.url`` says which.

    Raises
    ------
    InputError
        If the battle holds no positions or the page has not been built.
    OSError
        If the port is taken.
    """
    from parapet.web.data import script
    from parapet.web.serve import ReplayServer

    return ReplayServer(script(battle), port)


__all__ = ["replay_server", "save_replay"]
