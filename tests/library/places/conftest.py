import pytest

from albumen.library.places import Gazetteer


@pytest.fixture(scope="session")
def world() -> Gazetteer:
    return Gazetteer()
