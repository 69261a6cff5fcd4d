"""Bulk analysis: moderation of every picture that a manifest names, as a job."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol, TypedDict, cast
from urllib.parse import urlsplit

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition import pages
from albumen.aws_api.services.rekognition.moderation import LEAST, Moderation
from albumen.aws_api.services.rekognition.pictures import NO_OBJECT, Pictures, S3Object
from albumen.aws_api.services.rekognition.stored import MOST_JOBS
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.wire import Call
from albumen.core.errors import AlbumenError, NotFound
from albumen.jobs.queue import Job, Jobs, Json, State
from albumen.jobs.worker import Steps, Work

KIND = "MediaAnalysis"
MOST_MANIFEST = 64 * 1024 * 1024
STATUS = {State.WAITING: "QUEUED", State.RUNNING: "IN_PROGRESS", State.DONE: "SUCCEEDED", State.FAILED: "FAILED"}


class DetectModeration(TypedDict, total=False):
    """How to moderate."""

    MinConfidence: float
    ProjectVersion: str


class Operations(TypedDict, total=False):
    """What to do with each picture."""

    DetectModerationLabels: DetectModeration


class Input(TypedDict, total=False):
    """Where the manifest is."""

    S3Object: S3Object


class Output(TypedDict, total=False):
    """Where results go."""

    S3Bucket: str
    S3KeyPrefix: str


class Writer(Protocol):
    """Where results are written."""

    def write(self, account: str, bucket: str, key: str, data: bytes, content_type: str, /) -> None:
        """Store bytes under a key."""
        ...


class Bulk:
    """StartMediaAnalysisJob, GetMediaAnalysisJob and ListMediaAnalysisJobs."""

    def __init__(
        self, jobs: Jobs, tokens: Tokens, pictures: Pictures, moderation: Moderation, writer: Writer | None
    ) -> None:
        self._jobs, self._tokens, self._pictures = jobs, tokens, pictures
        self._moderation, self._writer = moderation, writer

    def works(self) -> dict[str, Work]:
        """Return the work of the one kind of job."""
        return {KIND: self._analyse}

    def start_media_analysis_job(
        self,
        call: Call,
        *,
        operations_config: Operations,
        input: Input,
        output_config: Output,
        client_request_token: str | None = None,
        job_name: str | None = None,
    ) -> Json:
        """Begin to moderate the pictures of a manifest."""
        said: Json = {"operations": operations_config, "input": input, "output": output_config, "name": job_name}
        return self._tokens.once(
            call, "StartMediaAnalysisJob", client_request_token, said, lambda: self._begin(call, said)
        )

    def _begin(self, call: Call, said: Json) -> Json:
        how = cast("Operations", said["operations"]).get("DetectModerationLabels")
        if how is None or "ProjectVersion" in how:
            sentence = (
                "Request has invalid parameters: DetectModerationLabels without ProjectVersion is what can be done."
            )
            raise Fault("InvalidParameterException", sentence)
        self._manifest(call.account, cast("Input", said["input"]).get("S3Object", {}))
        if self._jobs.active(call.account) >= MOST_JOBS:
            raise Fault("LimitExceededException", f"There can be at most {MOST_JOBS} jobs at a time.")
        return {"JobId": self._jobs.submit(KIND, call.account, said)}

    def get_media_analysis_job(self, call: Call, *, job_id: str) -> Json:
        """Tell how far a job is and where its results are."""
        try:
            job = self._jobs.get(call.account, job_id)
        except NotFound:
            job = None
        if job is None or job.kind != KIND:
            raise Fault("ResourceNotFoundException", f"The job {job_id} does not exist.")
        return self._described(job)

    def list_media_analysis_jobs(self, call: Call, *, next_token: str | None = None, max_results: int = 100) -> Json:
        """List the account's jobs, the newest first."""
        text = pages.position(next_token)
        before = _moment(text) if text else float("inf")
        found = self._jobs.list(call.account, KIND, before=before, limit=max_results + 1)
        shown = found[:max_results]
        more = pages.token(repr(shown[-1].created)) if len(found) > max_results else None
        return {"MediaAnalysisJobs": [self._described(j) for j in shown], "NextToken": more}

    def _described(self, job: Job) -> Json:
        result = self._jobs.result(job.id) if job.state is State.DONE else {}
        failed = {"Code": "INVALID_MANIFEST", "Message": job.message} if job.state is State.FAILED else None
        versions = {"Moderation": self._moderation.version}
        return {
            "JobId": job.id,
            "JobName": job.request.get("name"),
            "OperationsConfig": job.request["operations"],
            "Status": STATUS[job.state],
            "FailureDetails": failed,
            "CreationTimestamp": datetime.fromtimestamp(job.created, UTC),
            "CompletionTimestamp": datetime.fromtimestamp(job.finished, UTC) if job.finished else None,
            "Input": job.request["input"],
            "OutputConfig": job.request["output"],
            "Results": {"S3Object": result["results"], "ModelVersions": versions} if result else None,
            "ManifestSummary": {"S3Object": result["summary"]} if result else None,
        }

    def _manifest(self, account: str, where: S3Object) -> list[str]:
        """Return the lines of a manifest, or refuse one that is not there or not a manifest."""
        data = self._pictures.fetch(account, where, most=MOST_MANIFEST)
        lines = [line for line in data.decode(errors="replace").splitlines() if line.strip()]
        if not lines or _source(lines[0]) is None:
            sentence = 'The manifest must have a JSON object with "source-ref": "s3://bucket/key" on each line.'
            raise Fault("InvalidManifestException", sentence)
        return lines

    def _analyse(self, job: Job, steps: Steps) -> Json:
        where = cast("Input", job.request["input"]).get("S3Object", {})
        try:
            lines = self._manifest(job.owner, where)
        except Fault as fault:
            raise NotFound(fault.message) from None
        done = [steps.once(f"line {n}", lambda line=line: self._line(job, line)) for n, line in enumerate(lines)]
        output = cast("Output", job.request["output"])
        folder = f"{output.get('S3KeyPrefix', '')}{job.id}/"
        good = [d for d in done if "error" not in d]
        bad = [d for d in done if "error" in d]
        summary: Json = {"total": len(done), "succeeded": len(good), "failed": len(bad)}
        return {
            "results": self._write(job, output, f"{folder}results.jsonl", iter(good)),
            "summary": self._write(job, output, f"{folder}manifest-summary.jsonl", iter([summary, *bad])),
        }

    def _line(self, job: Job, line: str) -> Json:
        source = _source(line)
        if source is None:
            return {"source-ref": line[:200], "error": 'The line has no "source-ref" of the form s3://bucket/key.'}
        url = urlsplit(source)
        least = cast("Operations", job.request["operations"]).get("DetectModerationLabels", {}).get("MinConfidence")
        try:
            where = S3Object(Bucket=url.netloc, Name=url.path.removeprefix("/"))
            pixels = self._pictures.pixels(
                self._pictures.fetch(job.owner, where, most=self._pictures.limits.object_bytes)
            )
            found = self._moderation.moderate(pixels, LEAST if least is None else least)
        except (Fault, AlbumenError) as error:
            return {"source-ref": source, "error": error.message if isinstance(error, Fault) else str(error)}
        labels: Json = {"ModerationLabels": found, "ModerationModelVersion": self._moderation.version}
        return {"source-ref": source, "detect-moderation-labels": labels}

    def _write(self, job: Job, output: Output, key: str, rows: Iterator[Json]) -> Json:
        bucket = output.get("S3Bucket", "")
        if self._writer is None:
            raise NotFound(NO_OBJECT)
        data = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()
        try:
            self._writer.write(job.owner, bucket, key, data, "application/jsonlines")
        except Fault as fault:
            raise NotFound(f"The results cannot be written to {bucket}/{key}: {fault.message}") from None
        return {"Bucket": bucket, "Name": key}


def _source(line: str) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    source = cast("dict[str, object]", value).get("source-ref") if isinstance(value, dict) else None
    return source if isinstance(source, str) and source.startswith("s3://") else None


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Fault("InvalidPaginationTokenException", "Invalid Pagination Token") from None
