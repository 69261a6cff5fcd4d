"""One port: which application answers what, the headers that all answers have, and files that stay in their folder."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from albumen.aws_api.gateway import Gateway
from albumen.web.front import Front
from albumen.web.pages import Pages


def named(name: str) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for what in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{what}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-app", name.encode())]})
        await send({"type": "http.response.body", "body": name.encode()})

    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>app</title>")
    (built / "assets" / "app-1a2b.js").write_text("export const answer = 42;\n" * 100)
    (built / "manifest.webmanifest").write_text("{}")
    (tmp_path / "secret.txt").write_text("secret")
    (built / "link.txt").symlink_to(tmp_path / "secret.txt")
    (built / ".hidden").write_text("secret")
    return built


def get(
    app: Any, path: str, method: str = "GET", query: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    async def ask() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        fields = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": fields}
        await app(scope, receive, send)
        return sent

    start, *rest = asyncio.run(ask())
    fields = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], fields, b"".join(m["body"] for m in rest)


@pytest.mark.parametrize(
    ("path", "headers", "wanted"),
    [
        ("/api/x", {}, b"api"),
        ("/api", {}, b"api"),
        ("/apix", {}, b"pages"),
        ("/", {}, b"pages"),
        ("/", {"x_amz_target": "RekognitionService.DetectLabels"}, b"aws"),
        ("/bucket/key", {"authorization": "AWS4-HMAC-SHA256 Credential=x"}, b"aws"),
        ("/bucket", {"x_amz_date": "20260101T000000Z"}, b"aws"),
        ("/api/x", {"authorization": "Bearer alb_x"}, b"api"),
        ("/bucket/key", {"amz_sdk_invocation_id": "x"}, b"aws"),
        ("/", {"access_control_request_headers": "content-type,x-amz-date,x-amz-target"}, b"aws"),
        ("/", {"access_control_request_headers": "content-type"}, b"pages"),
    ],
)
def test_each_request_finds_its_application(path: str, headers: dict[str, str], wanted: bytes) -> None:
    front = Front(named("api"), named("pages"), aws=named("aws"), is_aws=Gateway.wants)
    assert get(front, path, **headers)[2] == wanted


def test_a_presigned_address_is_for_aws() -> None:
    front = Front(named("api"), named("pages"), aws=named("aws"), is_aws=Gateway.wants)
    assert (
        get(front, "/b/k", query=b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b")[2] == b"aws"
    )


def test_every_answer_has_the_headers_that_shield_a_browser(folder: Path) -> None:
    front = Front(named("api"), Pages(folder))
    for path in ("/", "/api/x", "/nowhere.txt", "/assets/app-1a2b.js"):
        _, headers, _ = get(front, path)
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_routes_of_the_app_answer_its_page_and_missing_files_do_not(folder: Path) -> None:
    pages = Pages(folder)
    for path in ("/", "/photos/2024", "/search", "/frame", "/share"):
        status, headers, body = get(pages, path)
        assert (status, b"<title>app" in body, headers["cache-control"]) == (200, True, "no-cache")
    for path in ("/nope.js", "/assets/gone", "/favicon.ico"):
        assert get(pages, path)[0] == 404
    assert get(pages, "/", method="POST")[0] == 405


def test_hashed_files_are_kept_for_ever_and_packed(folder: Path) -> None:
    status, headers, body = get(Pages(folder), "/assets/app-1a2b.js", accept_encoding="gzip, br")
    assert (status, headers["content-encoding"], headers["content-type"]) == (
        200,
        "gzip",
        "text/javascript; charset=utf-8",
    )
    assert "immutable" in headers["cache-control"]
    assert len(body) < 2_600
    assert get(Pages(folder), "/assets/app-1a2b.js", if_none_match=headers["etag"])[0] == 304
    assert get(Pages(folder), "/manifest.webmanifest")[1]["content-type"] == "application/manifest+json"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/assets/../../secret.txt", "/..%2fsecret.txt", "/..\\secret.txt", "//etc/passwd.txt",
        "/\0.txt", "/.hidden", "/link.txt", "/....//secret.txt", "/assets/..;/secret.txt", "/" + "a" * 5_000 + ".txt",
        "/\ufffd.txt", "/．．/secret.txt", "/assets/./../../secret.txt",
    ],
)  # fmt: skip
def test_no_path_leaves_the_folder(path: str, folder: Path) -> None:
    status, _, body = get(Pages(folder), path)
    assert b"secret" not in body
    assert status == 404


def test_without_a_built_app_a_page_says_how_to_build_it(tmp_path: Path) -> None:
    status, headers, body = get(Pages(tmp_path / "none"), "/")
    assert (status, b"make demo" in body, headers["content-type"]) == (200, True, "text/html; charset=utf-8")


def test_start_and_stop_reach_every_application() -> None:
    heard: list[str] = []

    def living(name: str, fails: bool = False) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            heard.append(f"{name} {(await receive())['type']}")
            await send({"type": "lifespan.startup.failed" if fails else "lifespan.startup.complete", "message": "no"})
            heard.append(f"{name} {(await receive())['type']}")
            await send({"type": "lifespan.shutdown.complete"})

        return app

    async def live(front: Front) -> list[str]:
        said: list[str] = []
        messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

        async def receive() -> dict[str, str]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            said.append(message["type"])

        await front({"type": "lifespan"}, receive, send)
        return said

    assert asyncio.run(live(Front(living("a"), named("p"), aws=living("b")))) == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert heard == ["a lifespan.startup", "b lifespan.startup", "b lifespan.shutdown", "a lifespan.shutdown"]
    assert asyncio.run(live(Front(living("a", fails=True), named("p")))) == ["lifespan.startup.failed"]
