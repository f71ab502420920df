"""A small HTTP service: a picture of a handwritten digit comes in, the digit and its probabilities go out.

It answers with ONNX's runtime and loads no TensorFlow, so it starts at once. Everything that comes in from outside is
limited, in bytes, in pixels and in seconds, and is refused with a sentence that says what was expected.
"""

import argparse
import asyncio
import errno
import functools
import io
import re
import signal
import socket
import sys
import warnings
from pathlib import Path
from typing import Annotated

import anyio
import fastapi
import numpy as np
import uvicorn
from fastapi import HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from uvicorn.protocols.http.h11_impl import H11Protocol

from course_utils import __version__, exporting, handwriting

FILES = Path(__file__).parent
PAGE = {"/": FILES / "page.html", "/page.css": FILES / "page.css", "/page.js": FILES / "page.js"}
OF_PAD = ("common.css", "common.js", "paper.js", "pad/pad.css", "pad/pad.js")  # the pad of the notebooks
PAGE |= {f"/{name}": FILES.parent / "widgets" / name for name in OF_PAD}
PICTURES = ("image/png", "image/jpeg", "image/webp")
OTHER_PICTURES = re.compile(r"image/[\w.+-]+|application/octet-stream")  # looked at too: what a browser calls a HEIC
MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")  # in a JPEG, where a part begins
MAX_BYTES = 24_000_000  # of a request; a phone's photograph has 3 to 6 million, one of 48 megapixels 10 to 20
MAX_BYTES_HELD = 200_000_000  # of all requests that are here at a time; more are told to come back (503)
MAX_SCANS = 50  # of a JPEG, each a pass over all of its pixels; a camera writes 1, a web site's picture has 10
MAX_SCANNED = 800_000_000  # pixels of a JPEG times its scans
MAX_IMAGES = 100  # in one request
# Some systems give a program 256 files. A connection is one, and what it is sent may be another.
MAX_CONNECTIONS = 64  # at a time; more are told to come back (503)
MORE_CONNECTIONS = 16  # so many are told; what comes beyond is closed
NEW_CONNECTIONS = 20  # taken in one round of asyncio, which closes them only two rounds later
CURL = "curl -H Content-Type:{type} --data-binary @{file} {url}"  # as any shell takes it
MAX_AT_ONCE = 2  # pictures that are unpacked at a time: each takes half a gigabyte at worst (handwriting.read_image)
SECONDS_TO_ASK = 10.0  # for a request to arrive, its head and its body each, and for its answer to be taken
SECONDS_TO_STOP = 30  # for the last answers, when the service is told to stop

Pixel = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Row = Annotated[list[Pixel], Field(min_length=28, max_length=28, fail_fast=True)]  # one error is told, so one is enough
Pixels = Annotated[list[Row], Field(min_length=28, max_length=28, fail_fast=True)]
Probabilities = Annotated[list[Pixel], Field(min_length=10, max_length=10)]
Digit = Annotated[int, Field(ge=0, le=9)]


class Arrays(BaseModel):
    """Images as the network reads them: 28 rows of 28 numbers from 0, paper, to 1, ink."""

    model_config = ConfigDict(strict=True, extra="forbid")
    images: Annotated[list[Pixels], Field(min_length=1, max_length=MAX_IMAGES, fail_fast=True)]


class Answer(BaseModel):
    """What the network reads in one picture; `prepared` is the image that it was given, if that was asked for."""

    digit: Digit
    probabilities: Probabilities
    prepared: Pixels | None = None


class Answers(BaseModel):
    """What the network reads in several images, in their order."""

    digits: list[Digit]
    probabilities: list[Probabilities]


class Health(BaseModel):
    """Whether the service is ready to answer, and its version."""

    status: str
    version: str


class Refusal(BaseModel):
    """What was expected, and what came instead."""

    detail: str


REFUSALS = {
    400: "The request is not valid HTTP, or its body is not what its type says.",
    408: f"The body did not arrive within {SECONDS_TO_ASK:.0f} seconds.",
    413: f"The body has more than {MAX_BYTES:,} bytes, or the picture more than {handwriting.MAX_PIXELS:,} pixels or "
    f"{MAX_SCANS} scans.",
    415: "The body is of a type that is not read here, or compressed.",
    422: "The body can be read, but holds something other than what was expected.",
    503: "Too many requests at a time, or too large ones; ask again.",
}
RESPONSES = {status: {"model": Refusal, "description": what} for status, what in REFUSALS.items()}


# ---- from bytes to answers


def read_picture(content):
    """The prepared digit, float32 of shape (28, 28), in the bytes of a picture file.

    Raises
    ------
    HTTPException
        If the bytes are not a picture (400), it is too large (413), or it does not hold one digit (422).
    """
    most = min(MAX_SCANS, MAX_SCANNED // _count_pixels(content))
    if (n_scans := _count_scans(content)) > most:
        raise HTTPException(413, f"a JPEG of this size may have {most} scans, this one has {n_scans:,}; save it again")
    try:
        image = handwriting.read_image(content)
    except handwriting.TooLargeError as error:
        raise HTTPException(413, str(error)) from None
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    try:
        return handwriting.prepare(image)
    except ValueError as error:  # no ink, or several digits, or too small
        detail = str(error).replace("prepare_sheet reads several", "send one request for each digit")
        raise HTTPException(422, detail) from None


def _count_pixels(content):
    """How many pixels a JPEG has, from its head, with nothing unpacked; 1 for what is none: read_image says so."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            return max(1, image.width * image.height)
    except Exception:  # whatever Pillow raises when a bit is wrong
        return 1


def _count_scans(content):
    """How often a JPEG goes over its pixels; 0 for other files. Thousands of empty scans fit into a small file."""
    n_scans, place = 0, 2
    if content.startswith(b"\xff\xd8"):
        while (marker := MARKER.search(content, place)) and marker[0] != b"\xff\xd9":  # the end
            n_scans += marker[0] == b"\xff\xda"
            length = content[marker.end() : marker.end() + 2]
            place = marker.end() + int.from_bytes(length, "big")
    return n_scans


def read_arrays(content):
    """The images, float32 of shape (n, 28, 28), in the bytes of a JSON text as `Arrays` describes it.

    Raises
    ------
    HTTPException
        If the bytes are not JSON (400), or hold something else or more than that (422).
    """
    if content.count(b",") >= MAX_IMAGES * 28 * 28 or content.count(b":") > 100:  # before it becomes a million objects
        limit = f"at most {MAX_IMAGES} images, {MAX_IMAGES * 28 * 28:,} numbers in all"
        raise HTTPException(422, f'expected {{"images": [...]}} with {limit}; this body holds more')
    try:
        return np.array(Arrays.model_validate_json(content).images, dtype=np.float32)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise HTTPException(400, f"expected JSON, {_shown(content)} is not: {first['msg']}") from None
        raise HTTPException(422, _explain(first)) from None


def _explain(error):
    """One of pydantic's errors as a sentence."""
    place = "".join(f"[{part}]" if isinstance(part, int) else part[:40] for part in error["loc"]) or "the body"
    got = "" if error["type"] in ("missing", "too_long", "too_short") else f", got {_shown(error['input'])}"
    expected = 'expected {"images": [...]}, each image 28 rows of 28 numbers from 0 to 1'
    return f"{place}: {error['msg']}{got}; {expected}"


def _shown(value, n=40):
    """Something that came from outside, cut to a few characters."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes" + f" that begin with {value[:12]!r}" * bool(value)
    text = repr(value) if isinstance(value, (str, int, float, bool, type(None))) else f"a {type(value).__name__}"
    return text if len(text) <= n else f"{text[: n - 1]}…"


# ---- the service


def create_app(read=None):
    """The service as an ASGI application.

    Parameters
    ----------
    read : callable, optional
        From float32 images of shape (n, 28, 28, 1) to probabilities of shape (n, 10); called from several threads at a
        time. By default the course's network, with ONNX's runtime.
    """
    read = exporting.load_onnx() if read is None else read
    app = fastapi.FastAPI(
        title="Handwritten digits",
        version=__version__,
        summary="Reads one handwritten digit from a picture.",
        docs_url=None,  # these two pages would load scripts from the web
        redoc_url=None,
        redirect_slashes=False,  # /predict/ is no other name of /predict: of a redirection, curl prints nothing
    )
    unpacking = anyio.CapacityLimiter(MAX_AT_ONCE)

    def answer(images):
        probabilities = read(images[..., None]).astype(float)
        return probabilities.argmax(axis=1).tolist(), np.clip(probabilities, 0, 1).round(7).tolist()

    def read_one(content, prepared):
        image = read_picture(content)
        digits, probabilities = answer(image[None])
        shown = {"prepared": image.astype(float).round(3).tolist()} if prepared else {}
        return {"digit": digits[0], "probabilities": probabilities[0]} | shown

    def read_many(content):
        digits, probabilities = answer(read_arrays(content))
        return {"digits": digits, "probabilities": probabilities}

    @app.post(
        "/predict",
        response_model=Answer,
        responses=RESPONSES,
        openapi_extra=_body({kind: {"type": "string", "format": "binary"} for kind in PICTURES}),
    )
    async def predict(
        request: Request, prepared: Annotated[bool, Query(description="Send the prepared image along.")] = False
    ):
        """Read the digit in a picture file: a photograph or a drawing of one digit, dark on bright or bright on dark.

        The picture is prepared as MNIST was: ink found, cut out, made 20 pixels large, centered by its mass.
        """
        _require_type(request, PICTURES, OTHER_PICTURES)
        content = await request.body()
        return JSONResponse(await anyio.to_thread.run_sync(read_one, content, prepared, limiter=unpacking))

    @app.post(
        "/predict/arrays",
        response_model=Answers,
        responses=RESPONSES,
        openapi_extra=_body({"application/json": Arrays.model_json_schema()}),
    )
    async def predict_arrays(request: Request):
        """Read images that are already prepared, 28 × 28 numbers from 0 to 1 each. They are read as they are."""
        _require_type(request, ("application/json",))
        content = await request.body()
        return JSONResponse(await anyio.to_thread.run_sync(read_many, content))

    @app.get("/health", response_model=Health)
    async def health():
        """Whether the service is ready to answer."""
        return {"status": "ready", "version": __version__}

    for path, file in PAGE.items():
        app.add_api_route(path, functools.partial(_send, file), methods=["GET", "HEAD"], include_in_schema=False)
    for kind, handler in {
        StarletteHTTPException: _refuse,
        RequestValidationError: _refuse_query,
        Exception: _fail,
    }.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Bounds)
    return app


def _body(types):
    """The OpenAPI description of a body, by its media types."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind, schema in types.items()}}}


def _require_type(request, types, others=re.compile("(?!)")):
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.strip().lower() not in ("identity", ""):
        raise HTTPException(415, f"expected no Content-Encoding, got {_shown(encoding)}; send the bytes as they are")
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind not in types and not others.fullmatch(kind):
        line = _curl(types[0], request.url.path, *(request.scope.get("server") or ("127.0.0.1", 8000)))
        raise HTTPException(415, f"expected Content-Type {' or '.join(types)}, got {_shown(given)}; with curl: {line}")


def _curl(type_, path, host, port):
    """A line for a terminal that sends a file of this type."""
    file = "images.json" if type_ == "application/json" else f"digit.{type_.partition('/')[2]}"
    return CURL.format(type=type_, file=file, url=_url(host, port) + path)


def _url(host, port):
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def _send(file):
    policy = "default-src 'self'; img-src 'self' data:"  # the browser itself refuses what is from elsewhere
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, headers=headers)


async def _refuse(request, error):
    detail, path = error.detail, request.url.path
    if error.status_code == 404:
        detail = f"there is nothing at {_shown(path)}: POST a picture to /predict; /openapi.json describes the rest"
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        detail = f"{_shown(path)} answers to {allowed}, not to {_shown(request.method)}"
    return JSONResponse({"detail": detail}, error.status_code, headers=error.headers)


async def _refuse_query(request, error):
    first = error.errors()[0]
    name = first["loc"][-1]
    return JSONResponse({"detail": f"{name}: {first['msg']}, got {_shown(first.get('input'))}"}, 422)


async def _fail(request, error):
    return JSONResponse({"detail": "the service failed, and its log says why; the request was not at fault"}, 500)


class Bounds:
    """The limits of every request, before anything looks at it: the bytes of its body, and the seconds it takes."""

    def __init__(self, app):
        self.app = app
        self.n_held = 0  # bytes of all bodies that are here

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parts = []
        try:
            await self._answer(parts, scope, receive, send)
        finally:
            self._drop(parts)

    async def _answer(self, parts, scope, receive, send):
        too_slow = f"the body must arrive within {SECONDS_TO_ASK:.0f} seconds, and did not; send a smaller picture"
        try:
            async with asyncio.timeout(SECONDS_TO_ASK):
                refusal = await self._read(receive, parts)
        except TimeoutError:
            refusal = 408, too_slow
        except ConnectionError:
            return  # the client is gone
        if refusal:
            status, detail = refusal
            await JSONResponse({"detail": detail}, status, headers={"Connection": "close"})(scope, receive, send)
            return
        parts[:] = [b"".join(parts)]
        waiting = [{"type": "http.request", "body": parts[0], "more_body": False}]

        async def receive_body():
            return waiting.pop() if waiting else await receive()

        await self.app(scope, receive_body, send)

    async def _read(self, receive, parts):
        """Read the body into parts; why it is refused, or None. It is read to its end, so that the client hears."""
        refusal, n_bytes, more = None, 0, True
        while more and n_bytes <= 3 * MAX_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            parts.append(message["body"])
            n_bytes += len(parts[-1])
            self.n_held += len(parts[-1])
            if n_bytes > MAX_BYTES:
                advice = "make the picture smaller, or cut out the part with the digit"
                refusal = 413, f"a request may have {MAX_BYTES:,} bytes, this one has {n_bytes:,} or more; {advice}"
            elif self.n_held > MAX_BYTES_HELD:
                refusal = 503, "many large pictures are here at a time; send it again in some seconds"
            if refusal:
                self._drop(parts)
            more = message.get("more_body", False)
        return refusal

    def _drop(self, parts):
        self.n_held -= sum(map(len, parts))
        parts.clear()


class Connection(H11Protocol):
    """A connection that sends at once. It is closed if a request's head is late, or if nobody reads the answer."""

    patience = patience_to_send = None

    def connection_made(self, transport):
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS + MORE_CONNECTIONS:
            transport.abort()
            return
        # An answer goes out as head and body. Without this, the body waits until the client has confirmed the head.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=0)  # pause_writing is called as soon as anything is left to be sent
        self._wait()

    def data_received(self, data):
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self.patience is None:
            self._wait()

    def pause_writing(self):
        super().pause_writing()
        self.patience_to_send = self.loop.call_later(SECONDS_TO_ASK, self.transport.abort)

    def resume_writing(self):
        super().resume_writing()
        self._stop_waiting_to_send()

    def connection_lost(self, exc):
        self._stop_waiting()
        self._stop_waiting_to_send()
        super().connection_lost(exc)

    def _wait(self):
        self.patience = self.loop.call_later(SECONDS_TO_ASK, self.transport.close)

    def _stop_waiting(self):
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def _stop_waiting_to_send(self):
        if self.patience_to_send is not None:
            self.patience_to_send.cancel()
            self.patience_to_send = None


class Server(uvicorn.Server):
    """Uvicorn's server, which says where it can be reached once it can."""

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        for open_socket in sockets or []:
            open_socket.listen(1024)  # clients that wait there take no file; asyncio would let only a few wait
            host, port = open_socket.getsockname()[:2]
            here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # a browser opens no address of "all"
            print(f"reading digits at {_url(here, port)} (Ctrl+C stops)", flush=True)
            if here != host and (address := find_own_address(open_socket.family)):
                print(f"for others in your network: {_url(address, port)}", flush=True)


def find_own_address(family, towards=None):
    """Find this machine's address in its network; None if it is in none.

    Parameters
    ----------
    family : socket.AddressFamily
        ``AF_INET`` or ``AF_INET6``.
    towards : str, optional
        An address there; nothing is sent to it. By default one that is set apart for examples (RFC 5737, RFC 3849).
    """
    towards = towards or ("2001:db8::1" if family == socket.AF_INET6 else "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as one:
            one.connect((towards, 9))  # of a datagram, only chooses from which address it would go
            return one.getsockname()[0]
    except OSError:
        return None


def open_socket(host, port):
    """A socket that listens; if there is none, exit with a sentence that says why."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        advice = "choose another with --port, or stop what uses it"
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            advice = "give an address of this machine with --host"
        sys.exit(f"cannot listen at {host}, port {port} ({error}); {advice}")


def serve(app, *, host="127.0.0.1", port=8000):
    """Answer requests until told to stop by Ctrl+C or SIGTERM, and then answer those that have come in.

    Parameters
    ----------
    app : ASGI application
    host : str
        Who can reach it: ``127.0.0.1`` this machine only, ``0.0.0.0`` the whole network.
    port : int
        0 takes any that is free.
    """
    listening = open_socket(host, port)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_level="error",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=SECONDS_TO_STOP,
        limit_concurrency=MAX_CONNECTIONS,
        backlog=NEW_CONNECTIONS,
    )
    # Uvicorn stops by itself, then passes the signal on to the handler that was there before: this one ignores it.
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: None)
    with listening:
        Server(config).run(sockets=[listening])


def _port(text):
    if not (text.isascii() and text.isdigit() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 65535, got {_shown(text)}")
    return int(text)


def main():
    parser = argparse.ArgumentParser(
        prog="nox -s serve --",
        description=(__doc__ or "").split("\n\n")[0],
        epilog='From a second terminal (in PowerShell, write curl.exe and "@digit.png"):\n'
        f"  {_curl('image/png', '/predict', '127.0.0.1', 8000)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # a line for a terminal stays one line
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="default 127.0.0.1: this machine only; 0.0.0.0: everybody in your network"
    )
    parser.add_argument("--port", type=_port, default=8000, help="default 8000; 0 takes any that is free")
    parser.add_argument(
        "--network", default=exporting.SEED_NETWORK_ONNX, metavar="FILE", help="an ONNX file; default: the course's"
    )
    options = parser.parse_args()
    try:
        read = exporting.load_onnx(options.network)
        shape = read(np.zeros((2, 28, 28, 1), np.float32)).shape
    except Exception as error:
        sys.exit(f"{options.network} cannot be used: {error}")
    if shape != (2, 10):
        sys.exit(f"{options.network} must give 10 probabilities for each image, gave an array of shape {shape} for 2")
    serve(create_app(read), host=options.host, port=options.port)


if __name__ == "__main__":
    main()
