"""A running service with one document, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest

from api.memory_operations import MemoryKennisbank, MemoryStore
from kb.settings import ServerSettings, Settings
from tests.service import serving, with_leave_rules


@dataclass
class Service:
    """A running service, the Kennisbank behind it, and how to call it."""

    url: str
    kennisbank: MemoryKennisbank
    owner: httpx.Client
    anyone: httpx.Client


DEFAULT = Settings(organisation="De Linde", server=ServerSettings(max_concurrent_questions=2))


@pytest.fixture
def settings() -> Settings:
    """Overridden where a test needs others."""
    return DEFAULT


@pytest.fixture(scope="session")
def _running() -> Iterator[tuple[str, MemoryKennisbank]]:
    """One server for all tests that take the settings as they are; each finds a store of its own in it."""
    kennisbank = MemoryKennisbank(DEFAULT)
    with serving(kennisbank) as url:
        yield url, kennisbank


@pytest.fixture
def service(settings: Settings, _running: tuple[str, MemoryKennisbank]) -> Iterator[Service]:
    with ExitStack() as stack:
        url, kennisbank = _running
        if settings is not DEFAULT:
            kennisbank = MemoryKennisbank(settings)
            url = stack.enter_context(serving(kennisbank))
        kennisbank.store = MemoryStore()
        with_leave_rules(kennisbank)
        owner = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {kennisbank.owner_token}"}, trust_env=False)
        anyone = httpx.Client(base_url=url, trust_env=False)
        yield Service(url, kennisbank, stack.enter_context(owner), stack.enter_context(anyone))
