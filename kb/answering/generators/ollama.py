"""Ollama, through its native interface, because only there a window can be asked for (``num_ctx``) and kept to.

Models that Ollama would run in its maker's cloud are passed over: a question never leaves the building that way.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from kb.answering.generators.local_address import async_client_options, check_address, client_options, resolve_nearby
from kb.answering.generators.streaming import Patience, read_stream
from kb.answering.generators.token_estimate import estimate_tokens
from kb.errors import GeneratorBroken, GeneratorInterrupted, GeneratorModelMissing, GeneratorUnavailable
from kb.ports import Cancellation, GenerationRequest
from kb.settings import GenerationSettings, ModelProfile
from kb.types import GeneratorInfo

if TYPE_CHECKING:
    from llama_index.llms.ollama import Ollama

_LONGEST_LOOK_SECONDS = 10.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Model:
    """A model that Ollama has. ``window_tokens`` is its own; 0 when Ollama does not tell."""

    name: str
    digest: str
    window_tokens: int
    thinks: bool
    completes: bool


class OllamaGenerator:
    """A model of an Ollama server. Without ``settings.model``: the first that can write. Safe to call from several threads.

    Connects at first use. Raises SettingsInvalid for an address that is not on this machine or its own network.
    """

    def __init__(self, settings: GenerationSettings) -> None:
        check_address(settings.ollama_url)
        self._settings = settings
        self._url = settings.ollama_url.rstrip("/")
        self._known: dict[str, _Model] = {}
        self._lock = Lock()

    def info(self) -> GeneratorInfo:
        """The model and the window that is asked of it: the profile's, but never more than the model has."""
        model = self._model()
        return GeneratorInfo("ollama", model.name, "local", self._window(model))

    def count_tokens(self, text: str) -> int:
        """An estimate on the safe side; Ollama has no tokenizer to ask."""
        return estimate_tokens(text)

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """Stream ``request.messages`` through ``/api/chat``."""
        model = self._model()
        patience = Patience(self._settings.first_token_timeout_seconds, self._settings.idle_timeout_seconds)
        return read_stream(lambda: self._stream(model, request), patience, cancellation)

    def _profile(self, model: _Model) -> ModelProfile:
        return self._settings.profile(model.name)

    def _window(self, model: _Model) -> int:
        asked = self._profile(model).context_tokens
        return min(asked, model.window_tokens) if model.window_tokens else asked

    async def _stream(self, model: _Model, request: GenerationRequest) -> AsyncGenerator[str, None]:
        from llama_index.core.llms import ChatMessage
        from ollama import AsyncClient, ResponseError

        timeout = httpx.Timeout(None, connect=self._settings.connect_timeout_seconds)
        options: dict[str, Any] = async_client_options()
        client: Any = AsyncClient(self._url, timeout=timeout, **options)
        messages = [ChatMessage(role=message.role, content=message.content) for message in request.messages]
        messages = messages or [ChatMessage(role="user", content=request.question)]
        begun = done = False
        try:
            async with aclosing(await self._llm(client, model, request).astream_chat(messages)) as answers:
                async for answer in answers:
                    begun = begun or bool(answer.delta)
                    raw: Any = answer.raw
                    done = done or bool(raw["done"])
                    yield answer.delta or ""
        except (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError) as error:
            raise GeneratorUnavailable(url=self._url) from error
        except httpx.HTTPError as error:
            raise GeneratorInterrupted() if begun else GeneratorUnavailable(url=self._url) from error
        except ResponseError as error:
            raise self._translated(error.status_code, model, begun=begun) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GeneratorInterrupted() if begun else GeneratorBroken(reason="a line of the answer is not what Ollama writes") from error
        finally:
            await client.close()
        if not done:
            raise GeneratorInterrupted() if begun else GeneratorBroken(reason="the answer ended before it began")

    def _llm(self, client: Any, model: _Model, request: GenerationRequest) -> Ollama:
        from llama_index.llms.ollama import Ollama

        profile = self._profile(model)
        options: dict[str, Any] = {"num_predict": request.max_answer_tokens}
        if profile.threads is not None:
            options["num_thread"] = profile.threads
        return Ollama(
            model=model.name,
            base_url=self._url,
            temperature=profile.temperature,
            context_window=self._window(model),
            keep_alive=float(profile.keep_alive_seconds),
            thinking=False if model.thinks else None,
            additional_kwargs=options,
            async_client=client,
        )

    def _translated(self, status: int, model: _Model, *, begun: bool) -> Exception:
        if begun:
            return GeneratorInterrupted()
        if status == httpx.codes.NOT_FOUND:
            return GeneratorModelMissing(model=model.name, available=", ".join(sorted(self._known)) or "–")
        if status == httpx.codes.SERVICE_UNAVAILABLE:
            return GeneratorUnavailable(url=self._url)
        return GeneratorBroken(reason=f"HTTP {status}" if status > 0 else "it reported an error")

    def _model(self) -> _Model:
        """The model that writes, as the server has it now. Raises GeneratorUnavailable, GeneratorModelMissing, GeneratorBroken."""
        resolve_nearby(self._url)
        options: dict[str, Any] = client_options()
        patience = min(_LONGEST_LOOK_SECONDS, self._settings.first_token_timeout_seconds)
        timeout = httpx.Timeout(patience, connect=self._settings.connect_timeout_seconds)
        with httpx.Client(base_url=self._url, timeout=timeout, **options) as client:
            listed = _read(lambda: self._ask(client, "GET", "/api/tags"), _digests_by_name)
            wanted = self._settings.model
            names = list(listed) if wanted is None else [name for name in (wanted, f"{wanted}:latest") if name in listed]
            for name in names:
                model = self._shown(client, name, listed[name])
                if wanted is not None or model.completes:
                    return model
        raise GeneratorModelMissing(model=wanted or "?", available=", ".join(listed) or "–")

    def _shown(self, client: httpx.Client, name: str, digest: str) -> _Model:
        with self._lock:
            known = self._known.get(name)
        if known is not None and known.digest == digest:
            return known
        shown = _read(lambda: self._ask(client, "POST", "/api/show", {"model": name}), lambda answer: _model_from(answer, name, digest))
        with self._lock:
            self._known[name] = shown
        return shown

    def _ask(self, client: httpx.Client, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        try:
            answer = client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise GeneratorUnavailable(url=self._url) from error
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise GeneratorUnavailable(url=self._url)
        if answer.status_code == httpx.codes.NOT_FOUND and body is not None:
            raise GeneratorModelMissing(model=body["model"], available="–")
        if answer.status_code != httpx.codes.OK:
            raise GeneratorBroken(reason=f"HTTP {answer.status_code}")
        return answer.json()


def _read(ask: Callable[[], Any], understand: Callable[[Any], _T]) -> _T:
    try:
        return understand(ask())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise GeneratorBroken(reason="its answer is not what Ollama writes") from error


def _digests_by_name(answer: Any) -> dict[str, str]:
    """The models on this server in its order, without those that it runs elsewhere."""
    return {str(model["name"]): str(model.get("digest", "")) for model in answer["models"] if not model.get("remote_host")}


def _model_from(answer: Any, name: str, digest: str) -> _Model:
    details: dict[str, Any] = answer.get("model_info") or {}
    windows = [int(value) for key, value in details.items() if key.endswith(".context_length")]
    capabilities = answer.get("capabilities")
    return _Model(
        name=name,
        digest=digest,
        window_tokens=windows[0] if windows else 0,
        thinks="thinking" in (capabilities or ()),
        completes=capabilities is None or "completion" in capabilities,
    )
