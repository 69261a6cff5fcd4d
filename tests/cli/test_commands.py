"""The command as programs run it: a real process, its exit code, and the JSON that they rely on."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from albumen.cli.context import Context
from albumen.cli.exits import Exit
from albumen.cli.importing import import_
from albumen.cli.main import albumen as albumen_command
from albumen.core.settings import Settings
from albumen.library.folder import Folder
from albumen.server.house import House
from tests.fakes import import_into, make_photo

ALBUMEN = (sys.executable, "-c", "import sys; sys.argv[0] = 'albumen'; from albumen.cli.main import main; main()")


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment with no settings but those given, and no way to fetch models."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("ALBUMEN_")}
    return bare | {"ALBUMEN_FETCH": "false", "ALBUMEN_MODELS": "/nonexistent"} | variables


def albumen(*arguments: str | bytes, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [*ALBUMEN, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment(**variables), timeout=120)


def lines(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def library(tmp_path: Path) -> str:
    """Return the library of a folder with two photos, one of which lies there twice."""
    red = make_photo(tmp_path / "photos" / "red.jpg", taken="2019:07:14 12:00:00")
    make_photo(tmp_path / "photos" / "-green.jpg", (20, 200, 20))
    (tmp_path / "photos" / "red again.jpg").write_bytes(red.read_bytes())
    import_into(Folder(tmp_path / "library"), tmp_path / "photos")
    return str(tmp_path / "library")


def test_help_takes_less_than_three_tenths_of_a_second():
    times: list[float] = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert "search" in albumen("--help").stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.3


def test_import_reports_each_unreadable_file_and_leaves_with_8(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "zero.jpg").touch()
    ran = albumen("--library", str(tmp_path / "library"), "import", "--json", str(tmp_path / "in"))
    (summary,) = lines(ran)
    assert ran.returncode == Exit.PARTLY
    assert (summary["new"], summary["known"]) == (0, 0)
    assert [set(file) for file in summary["unreadable"]] == [{"path", "reason"}]


def test_an_empty_folder_is_imported_without_a_word_on_standard_error(tmp_path):
    (tmp_path / "in").mkdir()
    ran = albumen("--library", str(tmp_path / "library"), "import", "--json", str(tmp_path / "in"))
    assert (ran.returncode, ran.stderr) == (Exit.OK, "")
    assert lines(ran)[0]["unreadable"] == []


def test_stats_counts_assets_and_files(library):
    (counts,) = lines(albumen("--library", library, "stats", "--json"))
    assert (counts["assets"], counts["files"]) == (2, 3)


def test_the_library_may_be_named_behind_the_command_too_and_counts_there(library, tmp_path):
    assert lines(albumen("stats", "--json", "--library", library)) == lines(
        albumen("--library", str(tmp_path / "none"), "stats", "--library", library, "--json")
    )
    assert albumen("stats", ALBUMEN_LIBRARY=str(tmp_path / "none")).returncode == Exit.NOT_FOUND
    assert albumen("stats", "--library", library, ALBUMEN_LIBRARY=str(tmp_path / "none")).returncode == Exit.OK


@pytest.mark.parametrize(
    "command",
    ["import", "search", "ask", "show", "stats", "verify", "trash", "restore", "forget", "serve", "people list",
     "people name", "people alike", "people join", "people sort",
     "keys make", "keys list", "keys revoke", "bench search"],
)  # fmt: skip
def test_every_command_of_a_library_lets_it_be_named_behind(command):
    found: Any = albumen_command
    for word in command.split():
        found = found.get_command(click.Context(found), word)
    assert "--library" in [name for option in found.params for name in option.opts]


def test_search_gives_results_parts_and_how_many_are_sure(library):
    ran = albumen("--library", library, "search", "--json", "photos from 2019")
    (answer,) = lines(ran)
    assert (ran.returncode, ran.stderr) == (Exit.OK, "")
    assert (answer["sure"], len(answer["results"])) == (1, 1)
    assert {"id", "path", "score", "reasons"} <= set(answer["results"][0])
    assert [part["kind"] for part in answer["parts"]] == ["time"]


def test_each_line_of_a_file_of_queries_gets_its_line(library, tmp_path):
    (tmp_path / "queries").write_bytes("\ufeffphotos\nvideos\n".encode())
    answers = lines(albumen("--library", library, "search", "--json", "--queries", str(tmp_path / "queries")))
    assert [(a["query"], a["sure"]) for a in answers] == [("photos", 2), ("videos", 0)]


def test_a_blank_line_of_a_file_of_queries_keeps_its_place_and_finds_nothing(library, tmp_path):
    (tmp_path / "queries").write_text("photos\n\n  \nvideos\n")
    answers = lines(albumen("--library", library, "search", "--json", "--queries", str(tmp_path / "queries")))
    assert [(a["query"], len(a["results"]), a["sure"]) for a in answers] == [
        ("photos", 2, 2), ("", 0, 0), ("  ", 0, 0), ("videos", 0, 0),
    ]  # fmt: skip


def test_a_query_and_a_file_of_queries_are_not_taken_together(library, tmp_path):
    (tmp_path / "queries").write_text("photos\n")
    ran = albumen("--library", library, "search", "dog", "--queries", str(tmp_path / "queries"))
    assert ran.returncode == Exit.USAGE
    assert "not both" in ran.stderr


@pytest.mark.parametrize("query", ["", "   "])
def test_a_blank_query_is_not_a_search_for_everything(library, query):
    assert albumen("--library", library, "search", query).returncode == Exit.USAGE


def test_a_query_that_is_not_utf8_is_an_error_of_one_line(library, tmp_path):
    (tmp_path / "queries").write_bytes(b"caf\xe9\n")
    for arguments in ([b"caf\xe9"], ["--queries", str(tmp_path / "queries")]):
        ran = albumen("--library", library, "search", *arguments)
        assert ran.returncode == Exit.USAGE
        assert ran.stderr == "albumen: caf\\xe9 cannot be searched for: it is not UTF-8 text\n"


def test_a_reader_that_has_seen_enough_is_no_failure(library):
    reader, writer = os.pipe()
    os.close(reader)
    command = [*ALBUMEN, "--library", library, "search", "photos"]
    ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, env=environment(), timeout=120)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (Exit.OK, "")


def test_verify_is_0_only_when_all_is_well(library):
    assert albumen("--library", library, "verify", "--json").returncode == Exit.OK
    (Path(library).parent / "photos" / "red.jpg").write_bytes(b"no longer a photo")
    ran = albumen("--library", library, "verify", "--json")
    assert ran.returncode == Exit.NOT_WELL
    assert [Path(t["path"]).name for t in lines(ran)[0]["troubles"]] == ["red.jpg"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("stats",), Exit.NOT_FOUND, "no library is named"),
        (("--library", "/nonexistent", "stats"), Exit.NOT_FOUND, "there is no library at /nonexistent"),
        (("frobnicate",), Exit.USAGE, "No such command"),
        (("search", "x", "--limit", "0"), Exit.USAGE, "--limit"),
    ],
)
def test_what_cannot_be_done_has_its_exit_code_and_a_sentence(arguments, code, said):
    ran = albumen(*arguments)
    assert ran.returncode == code
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unusable_setting_is_named():
    ran = albumen("stats", ALBUMEN_THREADS="many")
    assert ran.returncode == Exit.USAGE
    assert "ALBUMEN_THREADS='many'" in ran.stderr


def test_an_asset_that_is_not_there_and_a_model_that_may_not_be_fetched(library):
    assert albumen("--library", library, "show", "ffffff").returncode == Exit.NOT_FOUND
    ran = albumen("--library", library, "search", "a dog")
    assert ran.returncode == Exit.UNAVAILABLE
    assert ran.stderr.count("\n") == 1


def test_a_known_folder_that_is_gone_is_offline_and_its_name_is_told(library, capfd, monkeypatch):
    photos, folder = Path(library).parent / "photos", Folder(Path(library))
    photos.rename(photos.with_name("elsewhere"))
    monkeypatch.setattr(House, "run_import", lambda house, paths, told, **_: import_into(folder, *map(Path, paths)))
    settings = Settings(fetch=False, library=Path(library))

    def run(*arguments: str) -> int:
        return import_.main(arguments, obj=Context(settings), standalone_mode=False)

    assert run(str(photos)) == Exit.NOT_FOUND
    assert f"{photos} is not there now" in capfd.readouterr().err
    assert run("--json") == Exit.OK, "nobody named the folder: looking through what is there is all that was asked"
    summary = json.loads(capfd.readouterr().out)
    assert (summary["offline"], summary["away"]) == (3, [str(photos)])


def test_what_holds_no_photos_by_its_nature_is_not_imported(library):
    for path, said in (("/dev/null", "neither a file nor a folder"), (library, "is the library itself")):
        ran = albumen("--library", library, "import", path)
        assert ran.returncode == Exit.NOT_FOUND
        assert said in ran.stderr


def test_a_path_that_was_never_there_stops_an_import_before_it_begins(library, tmp_path):
    make_photo(tmp_path / "more" / "new.jpg", (3, 3, 200))
    ran = albumen("--library", library, "import", str(tmp_path / "more"), str(tmp_path / "nothing"))
    assert (ran.returncode, ran.stderr.count("\n")) == (Exit.NOT_FOUND, 1)
    assert f"there is nothing at {tmp_path / 'nothing'}" in ran.stderr
    (counts,) = lines(albumen("--library", library, "stats", "--json"))
    assert counts["assets"] == 2


def test_a_word_that_begins_with_a_dash_is_told_where_to_go(library):
    ran = albumen("--library", library, "search", "-dog")
    assert ran.returncode == Exit.USAGE
    assert "albumen search -- -dog" in ran.stderr


def test_a_name_that_is_no_text_is_given_in_bytes_too(tmp_path):
    odd = os.fsencode(tmp_path / "in") + b"/caf\xe9.jpg"
    photo = make_photo(tmp_path / "in" / "plain.jpg")
    os.rename(photo, odd)
    import_into(Folder(tmp_path / "library"), tmp_path / "in")
    (answer,) = lines(albumen("--library", str(tmp_path / "library"), "search", "--json", "kind:photo"))
    (found,) = answer["results"]
    assert found["path"].endswith("caf\\xe9.jpg")
    assert bytes.fromhex(found["path_hex"]) == odd


def test_ctrl_c_while_the_program_is_still_loading_says_one_line():
    code = "import os, signal, sys; sys.argv[1:] = ['stats']; sys.meta_path.insert(0, type('Now', (), {'find_spec': "
    code += "lambda self, name, *rest: os.kill(os.getpid(), signal.SIGINT) if name == 'click.core' else None})())\n"
    code += "from albumen.cli.start import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), timeout=60)
    assert (ran.returncode, ran.stderr.count("\n")) == (Exit.INTERRUPTED, 1)
    assert "interrupted" in ran.stderr


@pytest.mark.parametrize(
    "arguments", [("people", "name", "1", "Ann"), ("people", "sort"), ("trash", "abcdef"), ("forget", "photos")]
)
def test_only_an_import_makes_a_library(tmp_path, arguments):
    ran = albumen("--library", str(tmp_path / "typo"), *arguments)
    assert ran.returncode == Exit.NOT_FOUND
    assert "there is no library at" in ran.stderr
    assert not (tmp_path / "typo").exists()


def test_trash_restore_and_forget_tell_programs_how_many(library, tmp_path):
    (first, second) = (
        r["id"] for r in lines(albumen("--library", library, "search", "photos", "--json"))[0]["results"]
    )
    ran = albumen("--library", library, "trash", "--json", first, second)
    assert (ran.returncode, lines(ran)) == (Exit.OK, [{"trashed": 2}])
    assert lines(albumen("--library", library, "restore", "--json", first)) == [{"restored": 1}]
    assert lines(albumen("--library", library, "stats", "--json"))[0]["trashed"] == 1
    (tmp_path / "photos").rename(tmp_path / "moved")
    import_into(Folder(Path(library)), tmp_path / "moved")
    assert lines(albumen("--library", library, "forget", "--json", str(tmp_path / "photos"))) == [{"forgotten": 3}]
