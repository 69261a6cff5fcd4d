"""Uploads by a form of a web page: an object in `multipart/form-data` with a policy that says what may be sent."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import cast
from urllib.parse import quote
from xml.etree import ElementTree as ET

from albumen.aws_api.bodies import Whole
from albumen.aws_api.errors import Fault
from albumen.aws_api.signature import MISMATCH, Caller, Keys, signing_key
from albumen.aws_api.wire import Body, Reply

TYPE = "multipart/form-data"
LARGEST = 64 * 1024 * 1024
MOST_BEFORE = 20_000
"""Bytes of everything but the file, as with AWS."""
MOST_FIELDS, LONGEST_TYPE = 200, 1_000
"""Parsing a header takes time with the square of its length."""
MALFORMED = "The body of your POST request is not well-formed multipart/form-data."
UNCHECKED = ("policy", "signature", "x-amz-signature", "awsaccesskeyid", "file")
HEADERS = {
    "Cache-Control": "CacheControl",
    "Content-Disposition": "ContentDisposition",
    "Content-Encoding": "ContentEncoding",
    "Content-Type": "ContentType",
}


@dataclass(frozen=True)
class Form:
    """The fields of a form, names in lower case, and the file."""

    fields: Mapping[str, str]
    file: bytes

    @property
    def key(self) -> str:
        """Return the key to store the file under."""
        if "key" not in self.fields:
            raise Fault("InvalidArgument", "Bucket POST must contain a field named 'key'.")
        return self.fields["key"].replace("${filename}", self.fields.get("file", ""))

    def members(self, bucket: str) -> dict[str, object]:
        """Return the members of the PutObject that the form stands for."""
        known = {m: self.fields[h.lower()] for h, m in HEADERS.items() if h.lower() in self.fields}
        prefix = "x-amz-meta-"
        metadata = {k.removeprefix(prefix): v for k, v in self.fields.items() if k.startswith(prefix)}
        return {"Bucket": bucket, "Key": self.key, "Body": Whole(self.file), "Metadata": metadata, **known}


def read(body: Body, content_type: str) -> Form:
    """Return the form that a body holds."""
    boundary = _parameter(content_type[:LONGEST_TYPE], "boundary")
    data = body.read(LARGEST + 1)
    while len(data) <= LARGEST and (more := body.read(LARGEST + 1 - len(data))):
        data += more
    if len(data) > LARGEST:
        raise Fault("EntityTooLarge", f"A form may have at most {LARGEST} bytes; upload in parts.")
    pieces = (b"\r\n" + data).split(b"\r\n--" + boundary.encode(), MOST_FIELDS + 2)
    if not boundary or len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Fault("MalformedPOSTRequest", MALFORMED)
    return _form(pieces[1:-1])


def _form(pieces: Sequence[bytes]) -> Form:
    fields: dict[str, str] = {}
    file: bytes | None = None
    room = MOST_BEFORE
    for piece in pieces:
        head, end, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        room -= len(head)
        if room < 0:
            raise Fault("MaxPostPreDataLengthExceeded", f"All but the file has more than {MOST_BEFORE} bytes.")
        disposition = next((h for h in head.split(b"\r\n") if h.lower().startswith(b"content-disposition:")), b"")
        said = disposition.partition(b":")[2].decode(errors="replace").strip()
        name = _parameter(said, "name").lower()
        if not end or not name:
            raise Fault("MalformedPOSTRequest", MALFORMED)
        if name == "file":
            file, fields["file"] = value, _parameter(said, "filename")
        else:
            room -= len(value)
            fields[name] = value.decode(errors="replace")
    if file is None:
        raise Fault("InvalidArgument", "POST requires exactly one file upload per request.")
    return Form(fields, file)


def _parameter(header: str, name: str) -> str:
    message = Message()
    message["content-type"] = header if "/" in header.partition(";")[0] else f"x/{header}"
    found = message.get_param(name)
    return found if isinstance(found, str) else ""


def caller(form: Form, keys: Keys) -> Caller:
    """Return who signed the form's policy, in Version 4 or Version 2, or refuse it."""
    fields, policy = form.fields, form.fields.get("policy", "").encode()
    credential = fields.get("x-amz-credential", fields.get("awsaccesskeyid", ""))
    access_key, *scope = credential.split("/")
    key = keys.find(access_key)
    if not policy or not access_key:
        raise Fault("AccessDenied", "The form must carry a policy and who signed it.", 403)
    if key is None:
        raise Fault("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    if len(scope) == 4:
        date, region, service, _ = scope
        expected = hmac.new(signing_key(key.secret, (date, region, service)), policy, hashlib.sha256).hexdigest()
    else:
        expected = base64.b64encode(hmac.new(key.secret.encode(), policy, hashlib.sha1).digest()).decode()
    given = fields.get("x-amz-signature", fields.get("signature", ""))
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Fault("SignatureDoesNotMatch", MISMATCH)
    return Caller(key.account, scope[1] if len(scope) == 4 else "us-east-1")


def check(form: Form, bucket: str, now: datetime) -> None:
    """Refuse a form that its policy does not allow; one without a policy is only checked for who sends it."""
    text = form.fields.get("policy")
    if text is None:
        return
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
        until = datetime.fromisoformat(str(policy["expiration"])).replace(tzinfo=UTC)
        conditions = list(cast("list[object]", policy["conditions"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Fault("InvalidPolicyDocument", "Invalid Policy: it must be base64 of JSON.") from None
    if now > until:
        raise Fault("AccessDenied", "Invalid according to Policy: Policy expired.")
    known = dict(form.fields) | {"bucket": bucket, "key": form.key}
    covered = {name for condition in conditions for name in _covered(condition, known, len(form.file))}
    for name in known:
        if name not in covered and name not in UNCHECKED and not name.startswith("x-ignore-") and name != "bucket":
            raise Fault("AccessDenied", f"Invalid according to Policy: Extra input fields: {name}")


def _covered(condition: object, fields: Mapping[str, str], size: int) -> list[str]:
    """Return the fields that a condition covers, or refuse a form that it does not hold for."""
    match condition:
        case ["content-length-range", int() as least, int() as most]:
            if not least <= size <= most:
                code = "EntityTooLarge" if size > most else "EntityTooSmall"
                raise Fault(code, f"The file must have between {least} and {most} bytes, not {size}.")
            return []
        case dict():
            return [_holds("eq", str(k), str(v), fields) for k, v in cast("dict[object, object]", condition).items()]
        case [str() as how, str() as name, str() as value]:
            return [_holds(how, name.removeprefix("$"), value, fields)]
        case _:
            raise Fault("InvalidPolicyDocument", "Invalid Policy: a condition is an object or a list of three.")


def _holds(how: str, name: str, value: str, fields: Mapping[str, str]) -> str:
    found = fields.get(name.lower(), "")
    if found != value and not (how == "starts-with" and found.startswith(value)):
        raise Fault("AccessDenied", f'Invalid according to Policy: Policy Condition failed: ["{how}", "${name}"]')
    return name.lower()


def conclude(form: Form, reply: Reply, location: str) -> None:
    """Turn the answer to a PutObject into what the form asks to be answered with."""
    place = quote(location, safe=":/")
    reply.headers["Location"] = place
    redirect, status = form.fields.get("success_action_redirect"), form.fields.get("success_action_status")
    if redirect:
        reply.status, reply.headers["Location"] = 303, quote(redirect, safe=":/?&=%#+@,;~")
    elif status == "201":
        root = ET.Element("PostResponse")
        for name, text in {"Location": place, "Key": form.key, "ETag": reply.headers.get("ETag", "")}.items():
            ET.SubElement(root, name).text = text
        reply.status, reply.body, reply.headers["Content-Type"] = 201, ET.tostring(root), "application/xml"
    else:
        reply.status = 200 if status == "200" else 204
