"""A server that answers like Canvas's REST API, for one course and one assignment.

It knows the requests that the export makes, and fails on demand. A real Canvas may differ.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "7~SecretTokenOfAnInstructor"
COURSE, ASSIGNMENT = 12, 34
PAGE = 2  # records on a page, so that three students need two
PLACE = f"/api/v1/courses/{COURSE}"


@dataclass(frozen=True)
class Failure:
    """An answer in place of the real one.

    Attributes:
        status: Its status; 0 to close the connection without an answer.
        body: Its text.
        headers: Further headers.
        saved: Whether the request takes effect all the same.
        seconds: How long the server waits before it answers.
    """

    status: int
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    saved: bool = False
    seconds: float = 0.0


class MockCanvas:
    """The state of the server.

    Attributes:
        url: Its address.
        users: The students of the course.
        submissions: What Canvas has of them, by their number.
        assignment: The assignment.
        puts: What was sent: the student's number and the form.
        paths: The paths of all requests.
        failures: What to answer next to a method, before real answers.
        late_penalty: The points that Canvas takes off each new grade.
    """

    def __init__(self) -> None:
        self.url = ""
        self.users = [
            user(101, "Jane Doe", "Doe, Jane", "S1", "jdoe"),
            user(102, "Jan Roe", "Roe, Jan", "S2", "jroe"),
            user(103, "Ann Poe", "Poe, Ann", "S3", "apoe"),
        ]
        self.submissions = {one["id"]: submission(one["id"]) for one in self.users}
        self.assignment: dict[str, Any] = {
            "id": ASSIGNMENT,
            "course_id": COURSE,
            "name": "Tiny",
            "points_possible": 10.0,
            "grading_type": "points",
            "group_category_id": None,
        }
        self.puts: list[tuple[int, dict[str, str]]] = []
        self.paths: list[str] = []
        self.failures: dict[str, list[Failure | None]] = {"GET": [], "PUT": []}
        self.late_penalty = 0.0

    def grade(self, number: int, score: float | None, *comments: str, **more: Any) -> None:
        """Put a grade and comments into Canvas."""
        found = [
            {"comment": text, "created_at": f"2026-06-01T12:00:{index:02}Z", "author_id": 7}
            for index, text in enumerate(comments)
        ]
        self.submissions[number] |= {"score": score, "entered_score": score} | more
        self.submissions[number]["submission_comments"] = found

    def comments(self, number: int) -> list[str]:
        """Return the comments on a submission."""
        return [one["comment"] for one in self.submissions[number]["submission_comments"]]

    def put(self, number: int, form: dict[str, str]) -> dict[str, Any]:
        """Take a grade, a comment, or both."""
        self.puts.append((number, form))
        found = self.submissions[number]
        if (text := form.get("submission[posted_grade]")) is not None:
            found |= {"entered_score": float(text), "score": float(text) - self.late_penalty}
        if text := form.get("comment[text_comment]"):
            self.grade(number, found["score"], *self.comments(number), text)
            found["entered_score"] = found["score"] + self.late_penalty
        return found


def user(number: int, name: str, sortable: str, sis: str | None, login: str) -> dict[str, Any]:
    """Return a student of the course."""
    names = {"name": name, "sortable_name": sortable, "short_name": name}
    return {"id": number, **names, "sis_user_id": sis, "login_id": login}


def submission(number: int) -> dict[str, Any]:
    """Return a submission without a grade."""
    place = {"id": 5000 + number, "user_id": number, "assignment_id": ASSIGNMENT}
    empty = {"score": None, "entered_score": None, "grade": None, "submission_comments": []}
    return {**place, **empty, "excused": None, "workflow_state": "submitted"}


@contextmanager
def serving() -> Iterator[MockCanvas]:
    """Serve on a free port of this machine."""
    state = MockCanvas()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    server.daemon_threads = True  # one may still wait when the test is over
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))  # seconds between looks
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: MockCanvas

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        form = {name: one[-1] for name, one in parse_qs(self.rfile.read(length).decode()).items()}
        self.state.paths.append(self.path)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(401, {"errors": []}, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
            return
        planned = self.state.failures[method]
        failure = planned.pop(0) if planned else None
        if failure is None:
            self._send(*self._found(method, form))
            return
        if failure.saved:
            self._found(method, form)
        threading.Event().wait(failure.seconds)  # a test may have replaced time.sleep
        if failure.status:
            self._send(failure.status, failure.body, failure.headers)

    def _found(self, method: str, form: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        state, parts = self.state, urlsplit(self.path)
        query, place = parse_qs(parts.query), f"{PLACE}/assignments/{ASSIGNMENT}"
        folder, _, last = parts.path.rpartition("/")
        if method == "PUT" and folder == f"{place}/submissions" and last.isdigit():
            return 200, state.put(int(last), form), {}
        if parts.path == PLACE:
            return 200, {"id": COURSE, "name": "Deep Learning"}, {}
        if parts.path == place:
            return 200, state.assignment, {}
        if parts.path == f"{PLACE}/search_users" and query.get("enrollment_type[]") == ["student"]:
            return self._page(state.users, query)
        if parts.path == f"{place}/submissions":
            found = list(state.submissions.values())
            if query.get("include[]") != ["submission_comments"]:
                found = [{**one, "submission_comments": None} for one in found]
            return self._page(found, query)
        return 404, {"errors": [{"message": "The specified resource does not exist."}]}, {}

    def _page(
        self, records: list[Any], query: dict[str, list[str]]
    ) -> tuple[int, Any, dict[str, str]]:
        page = int(query.get("page", ["1"])[0])
        shown, more = records[(page - 1) * PAGE : page * PAGE], len(records) > page * PAGE
        fixed = "".join(
            f"{name}={value}&"
            for name, values in query.items()
            if name != "page"
            for value in values
        )
        address = f"{self.state.url}{urlsplit(self.path).path}?{fixed}page={page + 1}"
        return 200, shown, {"Link": f'<{address}>; rel="next"'} if more else {}

    def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
