import pytest

from albumen.library.places import Gazetteer
from albumen.library.query.parts import Known
from tests.library.query.sentences import known


@pytest.fixture(scope="session")
def spots() -> Gazetteer:
    return Gazetteer()


@pytest.fixture(scope="session")
def library(spots: Gazetteer) -> Known:
    return known(spots)
