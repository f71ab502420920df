"""The extension of Jupyter's server: messages to the browser are not held back."""

import os
import socket
import subprocess
import sys

import tornado.testing
import tornado.web
import tornado.websocket

from course_utils import no_delay

SHOW_CLASSES = """
from jupyter_server.serverapp import ServerApp
server = ServerApp()
server.initialize(argv=["--allow-root", "--no-browser"], new_httpserver=False)
connection = server.web_app.settings["kernel_websocket_connection_class"]
print("classes:", *(each.__name__ for each in connection.__mro__))
"""


def test_a_server_loads_it_by_itself_and_keeps_its_own_connections_beneath(tmp_path):
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    folders["JUPYTER_PREFER_ENV_PATH"] = "1"
    run = subprocess.run(
        [sys.executable, "-c", SHOW_CLASSES], env=os.environ | folders, capture_output=True, text=True, cwd=tmp_path
    )
    assert "classes: NoDelayConnection ZMQChannelsWebsocketConnection" in run.stdout, run.stderr


class Connection:
    """As Jupyter's: made by a handler, and told when its websocket is open."""

    def __init__(self, websocket_handler):
        self.websocket_handler = websocket_handler

    def connect(self):
        return "connected"


class TestConnections(tornado.testing.AsyncHTTPTestCase):
    """On a real websocket, what the operating system says of it: whether small messages go out at once."""

    def get_app(self):
        seen = self.seen = {}
        kinds = {"as it was": Connection, "without delay": no_delay._without_delay(Connection)}

        class Handler(tornado.websocket.WebSocketHandler):
            def open(self, kind):
                kind = kind.replace("_", " ")
                answer = kinds[kind](self).connect()
                end = self.ws_connection.stream.socket
                seen[kind] = answer, bool(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                self.write_message("open")

        return tornado.web.Application([("/(.*)", Handler)])

    @tornado.testing.gen_test
    async def test_only_ours_sends_at_once(self):
        for kind in ("as_it_was", "without_delay"):
            address = f"ws://127.0.0.1:{self.get_http_port()}/{kind}"
            client = await tornado.websocket.websocket_connect(address)
            assert await client.read_message() == "open"
            client.close()
        assert self.seen == {"as it was": ("connected", False), "without delay": ("connected", True)}
