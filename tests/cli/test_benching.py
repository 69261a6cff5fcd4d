"""What `albumen bench` prints."""

from albumen.cli.benching import stages


def test_stages_come_longest_first_and_models_behind_them() -> None:
    told = {"models": 8.0, "models: faces": 3.0, "models: text": 4.0, "waiting for decoders": 1.0, "storing": 2.0}
    lines = list(stages({"new": 9, "seconds": 10.0, "photos_per_second": 0.9, "stages": told}))
    assert lines[0] == "9 in 10.0 s: 0.9 a second; stages overlap:"
    assert [line.split("  ")[1] for line in lines[1:]] == [
        "models", "storing", "waiting for decoders", "models: text", "models: faces",
    ]  # fmt: skip
    assert lines[1].endswith("8.00 s   80%")


def test_an_import_of_nothing_has_no_stages() -> None:
    assert len(list(stages({"new": 0, "seconds": 0.0, "photos_per_second": 0.0, "stages": {}}))) == 1
