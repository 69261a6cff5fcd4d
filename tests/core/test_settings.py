"""Settings: read from variables, and one sentence for each that cannot be used."""

from pathlib import Path

import pytest

from albumen.core.errors import SettingsError
from albumen.core.settings import Settings, described, read_settings


def test_reads_each_kind_of_variable():
    read = read_settings(
        {
            "ALBUMEN_LIBRARY": "~/photos",
            "ALBUMEN_TIER": "quality",
            "ALBUMEN_FETCH": "no",
            "ALBUMEN_THREADS": "3",
            "ALBUMEN_DECODE_SECONDS": "2.5",
            "ALBUMEN_LANGUAGE": "DE",
        }
    )
    assert read.library == Path.home() / "photos"
    assert (read.tier, read.fetch, read.threads, read.decode_seconds, read.language) == ("quality", False, 3, 2.5, "de")


def test_topics_have_addresses():
    read = read_settings({"ALBUMEN_AWS_TOPICS": "arn:a=http://127.0.0.1:1/x?y=z arn:b=https://example.com"})
    assert dict(read.aws_topics) == {"arn:a": "http://127.0.0.1:1/x?y=z", "arn:b": "https://example.com"}
    assert read.public()["aws_topics"] == "arn:a=http://127.0.0.1:1/x?y=z arn:b=https://example.com"


def test_empty_variables_and_those_of_the_tests_and_of_others_are_passed_over():
    assert read_settings({"ALBUMEN_TIER": "", "ALBUMEN_TEST_DATA": "x", "PATH": "/bin"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("THREADS", "many", "ALBUMEN_THREADS='many' cannot be used: it takes a whole number from 0 on"),
        ("THREADS", "-1", "ALBUMEN_THREADS='-1' cannot be used: it takes a whole number from 0 on"),
        ("TIER", "best", "ALBUMEN_TIER='best' cannot be used: it takes offline or quality"),
        ("FETCH", "maybe", "ALBUMEN_FETCH='maybe' cannot be used: it takes true or false"),
        ("DECODE_SECONDS", "nan", "ALBUMEN_DECODE_SECONDS='nan' cannot be used: it takes a number above 0"),
        ("HUB", "hub.example", "it takes an address that begins with http:// or https://"),
        ("LANGUAGE", "english", "it takes two letters, such as en or de"),
        ("TEIR", "quality", "there is no setting ALBUMEN_TEIR; did you mean ALBUMEN_TIER?"),
        ("AWS_WORKERS", "0", "it takes a whole number from 1 on"),
        ("AWS_TOPICS", "arn:aws:sns:x:1:done", "it takes topics and addresses, such as arn:aws:sns:"),
        ("XYZZY", "1", "there is no setting ALBUMEN_XYZZY; there are ALBUMEN_LIBRARY, "),
    ],
)
def test_what_cannot_be_used_is_named_with_what_is_taken(variable, value, said):
    with pytest.raises(SettingsError) as raised:
        read_settings({f"ALBUMEN_{variable}": value})
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_token_is_never_shown():
    settings = Settings(hub_token="s3cret")
    assert "s3cret" not in repr(settings)
    assert "hub_token" not in settings.public()


def test_every_setting_says_what_it_is_and_what_it_takes():
    assert all(s.said.endswith(".") and s.takes.said for s in described())
