"""Requests to Canvas: where they may go, how long they may take, and what their failures mean.

The token is in a header alone. No message contains it, whatever Canvas answers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from canvasapi.requester import Requester
from requests.adapters import HTTPAdapter

from autograder.support.errors import CannotRunError, UsageError
from autograder.support.files import printable_name

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

TOKEN = "CANVAS_TOKEN"  # noqa: S105 - the name of the variable
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_SECONDS = 60  # without a byte from Canvas; a page of 100 submissions takes it some seconds
_PAUSES = (5, 15, 30)  # seconds; Canvas's quota fills again within a minute
_LONGEST_PAUSE = 120  # seconds that Canvas may ask for: more looks like a command that hangs
_SHOWN = 300  # letters of an answer of Canvas, enough for its reason


class CanvasError(CannotRunError):
    """Canvas did not do what it was asked.

    Attributes:
        refused: Whether Canvas answered, and only refused this request; others may succeed.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


def requester(url: str, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - canvasapi has no types
    """Return what sends canvasapi's requests.

    Args:
        url: The address of Canvas.
        environment: The environment variables, with the token.

    Raises:
        UsageError: If the address or the token cannot be used.
    """
    address, token = checked_url(url), _token(environment)
    made = Requester(address, token)
    session: requests.Session = made._session  # noqa: SLF001 - canvasapi sets no timeout, nor lets us
    session.auth = _unchanged  # otherwise requests takes a password from ~/.netrc for the token
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Transport(token))
    return made


def checked_url(url: str) -> str:
    """Return the address of Canvas without a slash at its end.

    Raises:
        UsageError: If it is not the address of a server, or would send the token in the clear.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"} or parts.username is not None:
        raise UsageError("--api must be the address of Canvas, as https://canvas.example.edu")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(
            f"--api must be the address of the server alone: {parts.scheme}://{parts.netloc}"
        )
    if parts.scheme == "http" and host not in _LOCAL:
        raise UsageError(
            f"--api {parts.scheme}://{parts.netloc}: whoever listens could read the token; use "
            f"https://{parts.netloc}"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _token(environment: Mapping[str, str]) -> str:
    token = environment.get(TOKEN, "").strip()
    if not token:
        raise UsageError(
            f"set the environment variable {TOKEN} to an access token of Canvas: there, make one "
            "at Account › Settings › New Access Token"
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(f"{TOKEN} contains characters that no token of Canvas has; copy it again")
    return token


@contextmanager
def understood() -> Iterator[None]:
    """Name the likely reason where an answer is not Canvas's, as that of a login page.

    Raises:
        CanvasError: If the answer has another form than Canvas's.
    """
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CanvasError(
            "the server's answer is not one of Canvas: compare --api with the address that the "
            "browser shows in Canvas"
        ) from None


class _Transport(HTTPAdapter):
    """Sends a request, waits where Canvas limits the rate, and raises what went wrong.

    Nothing else is tried again: Canvas may have saved a comment although its answer was lost.
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self._secret = token

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - HTTPAdapter's own options
        options["timeout"] = _SECONDS
        if str(request.url).startswith("http:"):  # this machine; a proxy would see the token
            options["proxies"] = None
        for pause in (*_PAUSES, None):
            response = self._answer(request, *args, **options)
            if not _limits_the_rate(response):
                break
            if pause is None or (seconds := _asked_pause(response, pause)) > _LONGEST_PAUSE:
                raise CanvasError("Canvas limits how many requests it takes; wait some minutes")
            time.sleep(seconds)
        if response.status_code >= 300:
            raise _failure(response, self._secret)
        return response

    def _answer(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - likewise
        host = urlsplit(str(request.url)).netloc
        try:
            response = super().send(request, *args, **options)
            response.content  # noqa: B018 - read it here, where its failures are named
        except requests.exceptions.SSLError:
            raise CanvasError(
                f"{host}: its certificate is not valid, or it does not speak https"
            ) from None
        except requests.exceptions.Timeout:
            raise CanvasError(f"{host} did not answer within {_SECONDS} seconds") from None
        except (requests.exceptions.RequestException, OSError):
            raise CanvasError(f"{host} cannot be reached, or broke off") from None
        return response


def _unchanged(request: PreparedRequest) -> PreparedRequest:
    return request


def _limits_the_rate(response: Response) -> bool:
    limited = response.status_code == 403 and "Rate Limit Exceeded" in response.text
    return limited or response.status_code == 429


def _asked_pause(response: Response, otherwise: float) -> float:
    """Return how many seconds Canvas asks to wait, if it does."""
    asked = response.headers.get("Retry-After", "")
    return int(asked) if asked.isascii() and asked.isdigit() else otherwise


def _failure(response: Response, secret: str) -> CanvasError:
    """Return what an answer other than success means, and what to do."""
    status = response.status_code
    if status < 400:
        place = urlsplit(response.headers.get("Location", "")).netloc
        return CanvasError(f"the server at --api leads elsewhere ({place or 'no address'})")
    if status == 401 and "WWW-Authenticate" in response.headers:
        return CanvasError(
            f"Canvas does not accept the token in {TOKEN}: it is wrong, expired or revoked; make "
            "one at Account › Settings › New Access Token"
        )
    if status in {401, 403}:
        reason = (
            "Canvas does not allow this: the token must be of someone who may edit the grades of "
            "this course"
        )
    elif status == 404:
        reason = (
            "Canvas does not have this, or not for the owner of the token: compare --course and "
            "--assignment with the address of the assignment in the browser, "
            "/courses/COURSE/assignments/ASSIGNMENT"
        )
    elif status >= 500:
        reason = f"Canvas itself fails (status {status}); try again later"
    else:
        said = " ".join(response.text.replace(secret, "…").split())
        reason = f"Canvas refuses this (status {status}): {printable_name(said, _SHOWN)}"
    return CanvasError(reason, refused=True)
