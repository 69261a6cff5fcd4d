"""Clients of AWS's own making that run in processes of their own: the aws CLI and the SDK for JavaScript.

`AWS_CLI` names another aws command, `AWS_SDK_JS` a folder with the SDK in its node_modules; without it the SDK comes
from npm once and is kept in the user's cache.
"""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "aws.md"
SDK = ("client-rekognition@3.1142.0", "client-s3@3.1169.0", "client-textract@3.1169.0", "s3-request-presigner@3.1162.0")
MANY = """
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
answers = []
for command in json.load(sys.stdin):
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        answers.append([create_clidriver().main(command), out.buffer.getvalue().decode()])
print(json.dumps(answers))
"""
"""Runs commands of the aws CLI in one process, because each start of it takes a second."""


def environment(address: str) -> dict[str, str]:
    """Return what the page of documentation exports, for a server at an address, and nothing else of AWS's."""
    lines = re.findall(r"^export (.*?)(?:\s+#.*)?$", DOCUMENT.read_text(), re.MULTILINE)
    said = dict(pair.split("=", 1) for line in lines for pair in line.split())
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    plain = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return plain | said | nothing | {"AWS_ENDPOINT_URL": address, "AWS_EC2_METADATA_DISABLED": "true"}


def run(command: Sequence[str], folder: Path, address: str, given: str = "") -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment(address), input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sdk() -> Path:
    """Return a folder with the SDK, or skip and say why."""
    given = os.environ.get("AWS_SDK_JS")
    npm = shutil.which("npm")
    if given:
        return Path(given)
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node.js with npm here; set AWS_SDK_JS to a folder that has the SDK in it")
    folder = Path.home() / ".cache" / "albumen" / "tests" / "-".join(p.rpartition("@")[2] for p in SDK)
    if not (folder / "node_modules" / "@aws-sdk" / "s3-request-presigner").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"@aws-sdk/{p}" for p in SDK]
        flags = ["--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder)]
        done = subprocess.run([npm, "install", *flags, *names], capture_output=True, text=True, timeout=150)
        if done.returncode:
            pytest.skip(f"the SDK cannot be had from npm: {done.stderr[-300:]}")
    return folder


def aws(lines: Sequence[str], folder: Path, address: str) -> list[str]:
    """Run commands of the aws CLI, given without its name, and return what each printed."""
    named = os.environ.get("AWS_CLI")
    commands = [shlex.split(line) for line in lines]
    if named or importlib.util.find_spec("awscli") is None:
        found = named or shutil.which("aws")
        if found is None:
            pytest.skip("there is no aws command here; AWS_CLI names one")
        return [run([found, *c], folder, address) for c in commands]
    answers = json.loads(run([sys.executable, "-c", MANY], folder, address, json.dumps(commands)))
    assert [(line, out) for line, (code, out) in zip(lines, answers, strict=True) if code] == []
    return [out for _, out in answers]
