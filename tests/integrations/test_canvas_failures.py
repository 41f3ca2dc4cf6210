"""Whatever Canvas or the network does, the message says what to do, and the token stays secret."""

from __future__ import annotations

import logging
import traceback
from types import SimpleNamespace

import pytest

from autograder.cli.main import main
from autograder.integrations.lms import canvas_course, canvas_requests
from autograder.integrations.lms.canvas_requests import CanvasError, checked_url
from autograder.support.errors import UsageError
from tests.integrations.mock_canvas import ASSIGNMENT, COURSE, TOKEN, Failure

LIMITED = Failure(403, "403 Forbidden (Rate Limit Exceeded)\n")
DOWN = Failure(503, f"<h1>Bearer {TOKEN}</h1>")


@pytest.fixture
def pauses(monkeypatch):
    """How long the command has waited."""
    found = []
    monkeypatch.setattr(canvas_requests, "time", SimpleNamespace(sleep=found.append))
    return found


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            Failure(401, "{}", {"WWW-Authenticate": "Bearer"}),
            "does not accept the token in CANVAS_",
        ),
        (Failure(401, '{"status": "unauthorized"}'), "must be of someone who may edit the grades"),
        (Failure(403, '{"status": "unauthorized"}'), "must be of someone who may edit the grades"),
        (Failure(404), "compare --course and --assignment with the address"),
        (DOWN, "Canvas itself fails (status 503); try again later"),
        (Failure(422, f"bad {TOKEN}"), "Canvas refuses this (status 422): bad …"),
        (Failure(302, "", {"Location": "https://login.example.edu/x"}), "(login.example.edu)"),
        (Failure(200, "<html>Log in</html>"), "answer is not one of Canvas: compare --api"),
        (Failure(200, "[1]"), "answer is not one of Canvas: compare --api"),
        (Failure(0), "cannot be reached, or broke off"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Failure) else "",
)
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_failure_of_any_request_says_what_to_do(canvas, export, failure, words, before):
    canvas.failures["GET"] = [*[None] * before, failure]
    status, _, err = export("jdoe")
    assert (status, canvas.puts) == (1, [])
    assert words in err


def test_a_wrong_token_is_named_by_its_variable_alone(canvas, export, monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", "another-secret")
    status, _, err = export("jdoe")
    assert status == 1
    assert "does not accept the token in CANVAS_TOKEN" in err
    assert "another-secret" not in err


@pytest.mark.parametrize("token", ["", " ", "two\nlines", "ké", "two words"])
def test_a_token_that_cannot_be_one_is_refused_before_any_request(
    canvas, export, monkeypatch, token
):
    monkeypatch.setenv("CANVAS_TOKEN", token)
    status, _, err = export("jdoe")
    assert (status, canvas.paths) == (2, [])
    assert "CANVAS_TOKEN" in err
    assert not token.strip() or token not in err


@pytest.mark.parametrize(
    ("limited", "waited"),
    [
        ([LIMITED], [5]),
        ([Failure(429, headers={"Retry-After": "7"})], [7]),
        ([Failure(429, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"})], [5]),
        ([LIMITED] * 3, [5, 15, 30]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_limited_rate_is_waited_for(canvas, export, pauses, limited, waited, method):
    canvas.failures[method] = list(limited)
    assert export("jdoe")[0] == 0
    assert pauses == waited
    assert len(canvas.puts) == 1


@pytest.mark.parametrize("limited", [[LIMITED] * 4, [Failure(429, headers={"Retry-After": "900"})]])
def test_a_rate_that_stays_limited_stops_the_command(canvas, export, pauses, limited):
    canvas.failures["PUT"] = [None, *limited]
    status, out, err = export("jdoe", "jroe", "apoe")
    assert status == 1
    assert "Sent: 1 of 3" in out
    assert "limits how many requests it takes; wait some minutes" in err
    assert "Run the same command again to go on." in err
    assert export()[0] == 0
    assert sorted(number for number, _ in canvas.puts) == [101, 102, 103]


def test_a_lost_answer_stops_the_command_and_nothing_is_sent_twice(canvas, export, monkeypatch):
    monkeypatch.setattr(canvas_requests, "_SECONDS", 0.3)
    canvas.failures["PUT"] = [None, Failure(200, saved=True, seconds=1.0)]
    status, out, err = export("jdoe", "jroe", "apoe")
    assert status == 1
    assert "Sent: 1 of 3" in out
    assert "did not answer within 0.3 seconds" in err
    assert "Run the same command again to go on." in err
    assert export()[0] == 0
    assert [number for number, _ in canvas.puts] == [101, 102, 103]
    assert [len(canvas.comments(one)) for one in (101, 102, 103)] == [1, 1, 1]


def test_one_students_refusal_does_not_keep_the_others_from_their_grades(canvas, export):
    canvas.failures["PUT"] = [Failure(422, "grading period is closed"), DOWN]
    status, out, err = export("jdoe", "jroe", "apoe")
    assert (status, [number for number, _ in canvas.puts]) == (1, [103])
    assert "Sent: 1 of 3" in out
    assert "(status 422): grading period is closed: 'Doe, Jane'" in err
    assert "Canvas itself fails (status 503); try again later: 'Roe, Jan'" in err


def test_three_refusals_in_a_row_stop_the_command(canvas, export):
    canvas.failures["PUT"] = [DOWN] * 3
    status, out, err = export("jdoe", "jroe", "apoe")
    assert (status, canvas.puts) == (1, [])
    assert "Sent: 0 of 3" in out
    assert "Run the same command again to go on." in err


def test_ctrl_c_says_how_many_were_sent(canvas, export, monkeypatch):
    send, sent = canvas_course.send, []

    def one_then_stop(*arguments):
        if sent:
            raise KeyboardInterrupt
        sent.append(send(*arguments))

    monkeypatch.setattr(canvas_course, "send", one_then_stop)
    status, out, _ = export("jdoe", "jroe")
    assert status == 130
    assert "Sent: 1 of 2" in out


def test_no_traceback_or_log_has_the_token(canvas, caplog):
    caplog.set_level(logging.DEBUG)
    canvas.failures["GET"] = [DOWN]
    asks = canvas_requests.requester(canvas.url, {"CANVAS_TOKEN": TOKEN})
    with pytest.raises(CanvasError) as failed:
        asks.request("GET", f"courses/{COURSE}/assignments/{ASSIGNMENT}")
    shown = "".join(traceback.format_exception(failed.value)) + caplog.text
    assert TOKEN not in shown


def test_a_password_for_the_host_does_not_replace_the_token(canvas, export, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert export("jdoe")[0] == 0


def test_a_proxy_never_sees_the_token_in_the_clear(canvas, export, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # the port that discards
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert export("jdoe")[0] == 0


def test_a_server_without_https_is_named(canvas, export):
    canvas.url = canvas.url.replace("http:", "https:")
    status, _, err = export("jdoe")
    assert status == 1
    assert "its certificate is not valid, or it does not speak https" in err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://canvas.example.edu", "use https://canvas.example.edu"),
        ("http://localhost.example.edu", "use https://localhost.example.edu"),
        ("http://localhost@example.edu", "must be the address of Canvas"),
        ("canvas.example.edu", "must be the address of Canvas"),
        ("ftp://canvas.example.edu", "must be the address of Canvas"),
        ("https://", "must be the address of Canvas"),
        ("https://c.example.edu:port", "must be the address of Canvas"),
        ("https://c.example.edu/courses/1/assignments/2", "alone: https://c.example.edu"),
        ("https://c.example.edu/api/v1", "alone: https://c.example.edu"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url, words):
    with pytest.raises(UsageError, match="--api") as refused:
        checked_url(url)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://canvas.example.edu/", "https://canvas.example.edu"),
        ("HTTPS://canvas.example.edu:8443", "https://canvas.example.edu:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
    ],
)
def test_an_address_of_a_server_is_used(url, used):
    assert checked_url(url) == used


@pytest.mark.parametrize("number", ["0", "-1", "vae", "1.5", "٣"])
def test_a_number_that_is_none_is_refused(tmp_path, capsys, number):
    with pytest.raises(SystemExit):
        main(
            [
                "export",
                "canvas",
                str(tmp_path),
                "--api",
                "https://c.example.edu",
                f"--course={number}",
            ]
        )
    assert "/courses/COURSE/assignments/ASSIGNMENT" in capsys.readouterr().err
