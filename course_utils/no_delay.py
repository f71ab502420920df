"""An extension of Jupyter's server: what a kernel says reaches the browser at once. no_delay.json has it loaded.

By default TCP holds a small message back as long as the one before is not confirmed (J. Nagle, RFC 896), and the other
side is slow to confirm, since it hopes for something to send along (RFC 1122, 4.2.3.2): 40 ms on Linux, more elsewhere.
When the drawing pad has asked something, a kernel says two things: that it is busy, and the answer. So each answer came
40 ms late.
"""


def _jupyter_server_extension_points():
    return [{"module": "course_utils.no_delay"}]


def _load_jupyter_server_extension(server):
    settings = server.web_app.settings
    settings["kernel_websocket_connection_class"] = _without_delay(settings["kernel_websocket_connection_class"])


def _without_delay(connection):
    """A class of connections like the given one, which is Jupyter's own or a gateway's, but without that wait."""

    class NoDelayConnection(connection):
        def connect(self):
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return NoDelayConnection
