"""What all operations on stored videos have in common: begin a job, tell how far it is, page through its results."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypedDict, cast

from albumen.aws_api.errors import Fault
from albumen.aws_api.services.rekognition import notices, pages
from albumen.aws_api.services.rekognition.film import Facts, Frame, facts, samples
from albumen.aws_api.services.rekognition.pictures import NO_OBJECT, S3Object
from albumen.aws_api.services.rekognition.tokens import Tokens
from albumen.aws_api.wire import Call
from albumen.core.errors import AlbumenError, NotFound
from albumen.jobs.queue import Job, Jobs, Json, State
from albumen.jobs.worker import Steps, Work

MOST_JOBS = 20
MOST_BYTES = 10 * 1024**3
MOST_ROWS = 1000
BATCH = 16
EVERY_MS = 500
BRIDGED = 2.5
"""A stretch goes on over a gap of less than so many samples: one miss does not end it."""
STATUS = {State.WAITING: "IN_PROGRESS", State.RUNNING: "IN_PROGRESS", State.DONE: "SUCCEEDED", State.FAILED: "FAILED"}
Rows = list[Json]
Look = Callable[[Frame], Rows]


class Video(TypedDict, total=False):
    """A stored video in a request."""

    S3Object: S3Object


class Common(TypedDict, total=False):
    """Members that every operation that begins a job has."""

    video: Video
    client_request_token: str
    notification_channel: notices.Channel
    job_tag: str


class Files(Protocol):
    """Where stored videos are."""

    def path(self, account: str, bucket: str, key: str, /) -> Path:
        """Return an object's file; refuse one that is not there."""
        ...


class Stored:
    """Jobs on stored videos."""

    def __init__(self, jobs: Jobs, files: Files | None, tokens: Tokens, topics: notices.Topics) -> None:
        self.jobs, self._files, self._tokens, self._topics = jobs, files, tokens, topics

    def start(self, call: Call, kind: str, given: Common, request: Json) -> Json:
        """Begin a job and return its id; a repeated request gets the id that it got before."""
        where = given.get("video", {}).get("S3Object", {})
        channel = given.get("notification_channel")
        said: Json = {**request, "video": where, "tag": given.get("job_tag"), "channel": channel}
        token = given.get("client_request_token")
        return self._tokens.once(call, f"Start{kind}", token, said, lambda: self._begin(call, kind, said))

    def _begin(self, call: Call, kind: str, said: Json) -> Json:
        where = cast("S3Object", said["video"])
        notices.check(self._topics, call.account, cast("notices.Channel | None", said["channel"]))
        if self.path(call.account, where).stat().st_size > MOST_BYTES:
            raise Fault("VideoTooLargeException", f"The video has more than {MOST_BYTES // 1024**3} GB.")
        if self.jobs.active(call.account) >= MOST_JOBS:
            raise Fault("LimitExceededException", f"There can be at most {MOST_JOBS} jobs at a time.")
        return {"JobId": self.jobs.submit(kind, call.account, said)}

    def path(self, account: str, where: S3Object) -> Path:
        """Return the file of a stored video."""
        bucket, key = where.get("Bucket"), where.get("Name")
        if self._files is None or not bucket or not key or "Version" in where:
            raise Fault("InvalidS3ObjectException", NO_OBJECT)
        try:
            return self._files.path(account, bucket, key)
        except Fault:
            raise Fault("InvalidS3ObjectException", NO_OBJECT) from None

    def get(self, call: Call, kind: str, job_id: str) -> tuple[Job, Json, Json]:
        """Return a job, its result, and the members that every answer about it has."""
        try:
            job = self.jobs.get(call.account, job_id)
        except NotFound:
            job = None
        if job is None or job.kind != kind:
            raise Fault("ResourceNotFoundException", f"The job {job_id} does not exist.")
        result = self.jobs.result(job_id) if job.state is State.DONE else {}
        about: Json = {
            "JobId": job_id,
            "JobStatus": STATUS[job.state],
            "StatusMessage": job.message or None,
            "JobTag": job.request.get("tag"),
            "Video": {"S3Object": job.request["video"]},
            "VideoMetadata": result.get("video"),
        }
        return job, result, about

    def work(self, kind: str, do: Callable[[Job, Path, Facts, Steps], Json]) -> Work:
        """Return the work of a kind of job around what is particular to it, notification included."""

        def run(job: Job, steps: Steps) -> Json:
            try:
                path = self.path(job.owner, cast("S3Object", job.request["video"]))
                known = facts(path)
                result = do(job, path, known, steps) | {"video": known.video, "audio": known.audio}
            except (AlbumenError, Fault) as error:
                self._tell(kind, job, steps, "FAILED")
                raise error if isinstance(error, AlbumenError) else NotFound(error.message) from error
            self._tell(kind, job, steps, "SUCCEEDED")
            return result

        return run

    def _tell(self, kind: str, job: Job, steps: Steps, status: str) -> None:
        where = cast("dict[str, str]", job.request["video"])
        tag = cast("str | None", job.request.get("tag"))
        text = notices.message(job.id, f"Start{kind}", status, tag, where["Bucket"], where["Name"])
        notices.tell(self._topics, job.owner, cast("notices.Channel | None", job.request.get("channel")), text, steps)


def frame_by_frame(path: Path, steps: Steps, look: Look, every_ms: int = EVERY_MS) -> Rows:
    """Return what a look at each sampled frame finds; batches that were finished before are not looked at again."""
    rows: Rows = []
    batch: list[Frame] = []
    number = 0
    for frame in samples(path, every_ms):
        batch.append(frame)
        if len(batch) == BATCH:
            rows += _batch(steps, number, batch, look)
            batch, number = [], number + 1
    return rows + _batch(steps, number, batch, look)


def _batch(steps: Steps, number: int, batch: Sequence[Frame], look: Look) -> Rows:
    found = steps.once(f"frames {number}", lambda: {"rows": [row for frame in batch for row in look(frame)]})
    return cast("Rows", found["rows"])


def page(rows: Sequence[Json], token: str | None, most: int) -> tuple[Rows, str | None]:
    """Return a page of rows and the token of the next one; more than a thousand at a time are never given."""
    start = pages.number(token)
    if start > len(rows):
        raise Fault("InvalidPaginationTokenException", "Invalid Pagination Token")
    limit = min(most or MOST_ROWS, MOST_ROWS)
    end = start + limit
    return list(rows[start:end]), pages.token(end) if end < len(rows) else None


def segments(rows: Sequence[Json], member: str, every_ms: int, end_ms: int) -> Rows:
    """Join what consecutive samples say into stretches: one row a name and stretch, as sure as its surest sample."""
    runs: dict[str, list[list[Json]]] = {}
    for row in rows:
        name = str(cast("Json", row[member])["Name"])
        at = cast("int", row["Timestamp"])
        own = runs.setdefault(name, [])
        if own and at - cast("int", own[-1][-1]["Timestamp"]) <= BRIDGED * every_ms:
            own[-1].append(row)
        else:
            own.append([row])
    joined = [_stretch(run, member, every_ms, end_ms) for found in runs.values() for run in found]
    return sorted(joined, key=lambda r: cast("int", r["StartTimestampMillis"]))


def _stretch(run: Sequence[Json], member: str, every_ms: int, end_ms: int) -> Json:
    first, last = cast("int", run[0]["Timestamp"]), cast("int", run[-1]["Timestamp"])
    best = max((cast("Json", r[member]) for r in run), key=lambda found: cast("float", found["Confidence"]))
    end = max(first, min(end_ms, last + every_ms))
    about = {k: v for k, v in best.items() if k != "Instances"}
    return {
        "Timestamp": first,
        member: about,
        "StartTimestampMillis": first,
        "EndTimestampMillis": end,
        "DurationMillis": end - first,
    }
