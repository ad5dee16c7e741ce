"""A running service with one document, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from api.memory_operations import MemoryKennisbank
from kb.settings import ServerSettings, Settings
from tests.service import serving, with_leave_rules


@dataclass
class Service:
    """A running service, the Kennisbank behind it, and how to call it."""

    url: str
    kennisbank: MemoryKennisbank
    owner: httpx.Client
    anyone: httpx.Client


@pytest.fixture
def settings() -> Settings:
    """Overridden where a test needs others."""
    return Settings(organisation="De Linde", server=ServerSettings(max_concurrent_questions=2))


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    kennisbank = with_leave_rules(MemoryKennisbank(settings))
    with (
        serving(kennisbank) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {kennisbank.owner_token}"}, trust_env=False) as owner,
        httpx.Client(base_url=url, trust_env=False) as anyone,
    ):
        yield Service(url, kennisbank, owner, anyone)
