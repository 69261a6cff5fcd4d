"""Jobs outlive the process that does them."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from albumen.core.errors import NotFound, Unreadable
from albumen.jobs import queue
from albumen.jobs.queue import Job, Jobs, Json, State
from albumen.jobs.worker import Steps, Worker

VICTIM = """
import sys, time
from pathlib import Path
from albumen.jobs.queue import Jobs
from albumen.jobs.worker import Worker

def work(job, steps):
    steps.once("first", lambda: Path(sys.argv[2]).open("a").write("first ") and {})
    print("half way", flush=True)
    time.sleep(60)

worker = Worker(Jobs(Path(sys.argv[1])), {"slow": work})
worker.start()
time.sleep(60)
"""


def wait(jobs: Jobs, job: str, state: State) -> None:
    for _ in range(200):
        if jobs.get("me", job).state is state:
            return
        time.sleep(0.02)
    raise TimeoutError(jobs.get("me", job))


def test_a_job_is_done_and_its_result_kept(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "jobs.sqlite")
    worker = Worker(jobs, {"add": lambda job, steps: {"sum": sum(job.request["numbers"])}})  # type: ignore[arg-type]
    worker.start()
    job = jobs.submit("add", "me", {"numbers": [1, 2, 3]})
    wait(jobs, job, State.DONE)
    worker.stop()
    assert Jobs(tmp_path / "jobs.sqlite").result(job) == {"sum": 6}
    with pytest.raises(NotFound):
        jobs.get("somebody else", job)


def test_a_job_whose_process_was_killed_goes_on_with_the_step_that_was_not_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, trace = tmp_path / "jobs.sqlite", tmp_path / "trace"
    jobs = Jobs(path)
    job = jobs.submit("slow", "me", {})
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, str(path), str(trace)], stdout=subprocess.PIPE)
    assert victim.stdout and victim.stdout.readline() == b"half way\n"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    assert jobs.get("me", job).state is State.RUNNING
    jobs.db.execute("update jobs set lease = 0")

    def work(job: queue.Job, steps: Steps) -> Json:
        steps.once("first", lambda: {"n": trace.open("a").write("first again ")})
        return {"attempts": job.attempts}

    worker = Worker(jobs, {"slow": work})
    worker.start()
    wait(jobs, job, State.DONE)
    worker.stop()
    assert trace.read_text() == "first "
    assert jobs.result(job) == {"attempts": 2}


def test_a_job_that_kills_its_process_every_time_is_given_up(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "jobs.sqlite")
    job = jobs.submit("deadly", "me", {})
    for attempt in range(queue.MOST_ATTEMPTS):
        claimed = jobs.claim(f"worker {attempt}")
        assert claimed and claimed.attempts == attempt + 1
        jobs.db.execute("update jobs set lease = 0")
    assert jobs.claim("another") is None
    assert jobs.get("me", job).state is State.FAILED


def test_a_held_job_is_not_claimed_twice_and_a_late_worker_cannot_finish_it(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "jobs.sqlite")
    job = jobs.submit("x", "me", {})
    assert jobs.claim("a") and jobs.claim("b") is None
    jobs.db.execute("update jobs set lease = 0")
    assert jobs.claim("b")
    jobs.finish(job, "a", State.DONE, result={"by": "a"})
    assert jobs.get("me", job).state is State.RUNNING
    jobs.finish(job, "b", State.DONE, result={"by": "b"})
    assert jobs.result(job) == {"by": "b"}


def test_errors_end_a_job_and_not_the_worker(tmp_path: Path) -> None:
    def ours(job: queue.Job, steps: Steps) -> Json:
        raise Unreadable("The video is damaged.")

    def unknown(job: queue.Job, steps: Steps) -> Json:
        raise ZeroDivisionError

    jobs = Jobs(tmp_path / "jobs.sqlite")
    worker = Worker(jobs, {"ours": ours, "unknown": unknown, "fine": lambda job, steps: {}})
    worker.start()
    made = [jobs.submit(kind, "me", {}) for kind in ("ours", "unknown", "fine")]
    wait(jobs, made[2], State.DONE)
    worker.stop()
    assert [jobs.get("me", j).message for j in made] == [
        "The video is damaged.",
        "An error on the server ended the job.",
        "",
    ]


def test_a_stopped_worker_gives_its_job_back(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(job: queue.Job, steps: Steps) -> Json:
        begun.set()
        go_on.wait(5)
        return steps.once("second", dict)

    jobs = Jobs(tmp_path / "jobs.sqlite")
    worker = Worker(jobs, {"x": work})
    worker.start()
    job = jobs.submit("x", "me", {})
    begun.wait(5)
    threading.Timer(0.1, go_on.set).start()
    worker.stop()
    assert jobs.get("me", job).state is State.WAITING
    assert jobs.active("me") == 1
    assert [j.id for j in jobs.list("me", "x")] == [job]


def test_several_threads_do_several_jobs_at_once_and_give_them_all_back(tmp_path: Path) -> None:
    jobs, meet = Jobs(tmp_path / "jobs.sqlite"), threading.Barrier(3)

    def together(job: Job, steps: Steps) -> Json:
        meet.wait(10)
        while True:
            steps.once("again", dict)
            time.sleep(0.01)

    worker = Worker(jobs, {"pair": together}, threads=2)
    made = [jobs.submit("pair", "me", {}) for _ in range(2)]
    worker.start()
    meet.wait(10)
    worker.stop()
    assert {jobs.get("me", job).state for job in made} == {State.WAITING}
    assert {jobs.get("me", job).attempts for job in made} == {0}
