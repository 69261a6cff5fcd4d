"""What all jobs on stored documents have in common: begin, read page by page, tell, page through the results."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict, cast

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition import notices, pages
from albumen.aws_api.services.rekognition.pictures import NO_OBJECT, S3Object
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.services.textract.papers import Location, Papers
from albumen.aws_api.services.textract.results import Results, Rows
from albumen.aws_api.wire import Call
from albumen.core.errors import AlbumenError, MediaError, NotFound
from albumen.documents.pages import Sheet
from albumen.documents.textract import MODEL_VERSION
from albumen.jobs.queue import KEPT_SECONDS, Job, Jobs, Json, State
from albumen.jobs.worker import Steps, Work

MOST_JOBS = 100
PREFIX = "textract_output"
STATUS = {State.WAITING: "IN_PROGRESS", State.RUNNING: "IN_PROGRESS", State.FAILED: "FAILED"}
Look = Callable[[Job, Sheet], Rows]


class Output(TypedDict, total=False):
    """Where a request wants the results written."""

    S3Bucket: str
    S3Prefix: str


class Common(TypedDict, total=False):
    """Members that every operation that begins a job has."""

    document_location: Location
    client_request_token: str
    job_tag: str
    notification_channel: notices.Channel
    output_config: Output


class Buckets(Protocol):
    """Where results are written."""

    def bucket(self, account: str, name: str, /) -> Path:
        """Return a bucket's folder; refuse one that is not there."""
        ...

    def write(self, account: str, bucket: str, key: str, data: bytes, content_type: str) -> None:
        """Store bytes under a key."""
        ...


@dataclass(frozen=True)
class Kind:
    """A kind of job: what its rows are called in answers, and how many are given at a time."""

    name: str
    rows: str
    version: str
    most: int


class Stored:
    """Jobs on stored documents."""

    def __init__(
        self,
        jobs: Jobs,
        papers: Papers,
        results: Results,
        *,
        tokens: Tokens,
        topics: notices.Topics,
        buckets: Buckets | None,
    ) -> None:
        self._jobs, self._papers, self._results = jobs, papers, results
        self._tokens, self._topics, self._buckets = tokens, topics, buckets

    def start(self, call: Call, kind: Kind, given: Common, request: Json) -> Json:
        """Begin a job and return its id; a repeated request gets the id that it got before."""
        where = given.get("document_location", {}).get("S3Object", {})
        channel, output = given.get("notification_channel"), given.get("output_config")
        said: Json = {**request, "where": where, "tag": given.get("job_tag"), "channel": channel, "output": output}
        token, operation = given.get("client_request_token"), f"Start{kind.name}"
        return self._tokens.once(call, operation, token, said, lambda: self._begin(call, kind, said))

    def _begin(self, call: Call, kind: Kind, said: Json) -> Json:
        notices.check(self._topics, call.account, cast("notices.Channel | None", said["channel"]))
        self._papers.stored(call.account, cast("S3Object", said["where"]))
        output = cast("Output | None", said["output"])
        if output is not None:
            self._check(call.account, output)
        if self._jobs.active(call.account) >= MOST_JOBS:
            raise Fault("LimitExceededException", f"There can be at most {MOST_JOBS} jobs at a time.")
        self._results.forget(KEPT_SECONDS)
        return {"JobId": self._jobs.submit(kind.name, call.account, said)}

    def _check(self, account: str, output: Output) -> None:
        try:
            if self._buckets is None:
                raise Fault("NoSuchBucket", NO_OBJECT)
            self._buckets.bucket(account, output.get("S3Bucket", ""))
        except Fault:
            raise Fault("InvalidS3ObjectException", NO_OBJECT) from None

    def get(self, call: Call, kind: Kind, job_id: str, *, most: int, token: str | None) -> Json:
        """Answer with how far a job is and with a page of what it found."""
        job = self._job(call.account, kind, job_id)
        result = self._jobs.result(job_id)
        if job.state is not State.DONE:
            return {"JobStatus": STATUS[job.state], "StatusMessage": job.message or None, kind.version: MODEL_VERSION}
        start, count = _position(job_id, token), sum(_counts(result))
        if start > count:
            raise _bad_token()
        end = start + min(most or kind.most, kind.most)
        more = pages.token(f"{job_id}:{end}") if end < count else None
        return self._answer(kind, job_id, result, (start, end)) | {"NextToken": more}

    def _job(self, account: str, kind: Kind, job_id: str) -> Job:
        try:
            job = self._jobs.get(account, job_id)
        except NotFound:
            job = None
        if job is None or job.kind != kind.name:
            raise Fault("InvalidJobIdException", "Request has invalid Job Id")
        return job

    def _answer(self, kind: Kind, job_id: str, result: Json, span: tuple[int, int]) -> Json:
        counts = _counts(result)
        answer: Json = {
            "DocumentMetadata": {"Pages": len(counts)},
            "JobStatus": result["status"],
            kind.rows: self._results.rows(job_id, counts, *span),
            kind.version: MODEL_VERSION,
        }
        return answer | ({"Warnings": result["warnings"]} if result["warnings"] else {})

    # what the worker does

    def work(self, kind: Kind, look: Look, warn: Callable[[Job, int], list[int]]) -> Work:
        """Return the work of a kind of job; `look` reads a page, `warn` names pages asked for that are not there."""

        def run(job: Job, steps: Steps) -> Json:
            try:
                result = self._read(job, steps, look)
                missing = warn(job, len(_counts(result)))
                result["warnings"] = _warnings(missing, "INVALID_REQUEST_PARAMETERS") + cast("Rows", result["warnings"])
                self._write(kind, job, result)
            except (AlbumenError, Fault) as error:
                self._tell(kind, job, steps, "FAILED")
                raise error if isinstance(error, AlbumenError) else NotFound(error.message) from error
            self._tell(kind, job, steps, str(result["status"]))
            return result

        return run

    def _read(self, job: Job, steps: Steps, look: Look) -> Json:
        """Read page by page; a damaged page is answered as a blank one, with a warning."""
        counts: list[int] = []
        damaged: list[int] = []
        last: MediaError | None = None
        for sheet in self._papers.sheets(self._papers.stored(job.owner, cast("S3Object", job.request["where"]))):
            try:
                counts.append(self._page(job, steps, sheet, look))
            except MediaError as error:
                sheet, last = Sheet(sheet.number, fault=str(error)), error
                counts.append(self._page(job, steps, sheet, look))
            if sheet.fault:
                damaged.append(sheet.number)
        if last is not None and len(damaged) == len(counts):
            raise last
        status = "PARTIAL_SUCCESS" if damaged else "SUCCEEDED"
        return {"counts": counts, "status": status, "warnings": _warnings(damaged, "BAD_DOCUMENT")}

    def _page(self, job: Job, steps: Steps, sheet: Sheet, look: Look) -> int:
        def read() -> Json:
            return {"rows": self._results.put(job.id, sheet.number, look(job, sheet))}

        return cast("int", steps.once(f"page {sheet.number}", read)["rows"])

    def _write(self, kind: Kind, job: Job, result: Json) -> None:
        """Write the results into the caller's bucket, in parts numbered from 1, as whole answers without nulls."""
        output = cast("Output | None", job.request["output"])
        if output is None or self._buckets is None:
            return
        bucket, folder = output.get("S3Bucket", ""), f"{output.get('S3Prefix', PREFIX).strip('/')}/{job.id}"
        self._buckets.write(job.owner, bucket, f"{folder}/.s3_access_check", b"", "binary/octet-stream")
        for number, start in enumerate(range(0, max(1, sum(_counts(result))), kind.most), 1):
            part = self._answer(kind, job.id, result, (start, start + kind.most))
            data = json.dumps(part, ensure_ascii=False).encode()
            self._buckets.write(job.owner, bucket, f"{folder}/{number}", data, "application/json")

    def _tell(self, kind: Kind, job: Job, steps: Steps, status: str) -> None:
        where = cast("dict[str, str]", job.request["where"])
        body = {
            "JobId": job.id,
            "Status": status,
            "API": f"Start{kind.name}",
            "JobTag": job.request["tag"],
            "Timestamp": round(time.time() * 1000),
            "DocumentLocation": {"S3ObjectName": where["Name"], "S3Bucket": where["Bucket"]},
        }
        text = json.dumps({k: v for k, v in body.items() if v is not None})
        notices.tell(self._topics, job.owner, cast("notices.Channel | None", job.request["channel"]), text, steps)


def _counts(result: Json) -> list[int]:
    return cast("list[int]", result.get("counts", []))


def _warnings(page_numbers: list[int], code: str) -> Rows:
    return [{"ErrorCode": code, "Pages": page_numbers}] if page_numbers else []


def _position(job_id: str, token: str | None) -> int:
    """Return the row that a token of this job stands for, zero for none."""
    try:
        job, _, row = pages.position(token).rpartition(":")
    except Fault:
        raise _bad_token() from None
    if token and (job != job_id or not row.isdecimal()):
        raise _bad_token()
    return int(row or 0)


def _bad_token() -> Fault:
    return Fault("InvalidParameterException", "Request has invalid parameters: Invalid Pagination Token")
