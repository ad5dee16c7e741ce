"""A server that speaks OpenAI's chat completions: llama.cpp, vLLM, LM Studio, Foundry Local.

It stands on this machine or its own network; nothing of OpenAI's environment variables is used, and no tokenizer is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from kb.answering.generators.local_address import async_client_options, check_address, client_options, resolve_nearby
from kb.answering.generators.streaming import Patience, read_stream
from kb.answering.generators.token_estimate import estimate_tokens
from kb.errors import GeneratorBroken, GeneratorInterrupted, GeneratorModelMissing, GeneratorUnavailable
from kb.ports import Cancellation, GenerationRequest
from kb.settings import GenerationSettings
from kb.types import GeneratorInfo

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike

_LONGEST_LOOK_SECONDS = 10.0
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class _Model:
    """A model that the server lists. ``window_tokens`` is 0 when the server does not tell."""

    name: str
    window_tokens: int


class OpenAICompatibleGenerator:
    """A model of an OpenAI-compatible server. Without ``settings.model``: the first listed. Safe to call from several threads.

    Connects at first use. Raises SettingsInvalid for an address that is not on this machine or its own network.
    """

    def __init__(self, settings: GenerationSettings) -> None:
        check_address(settings.openai_url)
        self._settings = settings
        self._url = settings.openai_url.rstrip("/")

    def info(self) -> GeneratorInfo:
        """The model and its window: the profile's, but never more than the server tells."""
        model = self._model()
        return GeneratorInfo("openai-compatible", model.name, "local", self._window(model))

    def count_tokens(self, text: str) -> int:
        """An estimate on the safe side, since the servers do not agree on how to ask."""
        return estimate_tokens(text)

    def generate(self, request: GenerationRequest, cancellation: Cancellation) -> Iterator[str]:
        """Stream ``request.messages`` through ``/chat/completions``."""
        model = self._model()
        patience = Patience(self._settings.first_token_timeout_seconds, self._settings.idle_timeout_seconds)
        return read_stream(lambda: self._stream(model, request), patience, cancellation)

    def _window(self, model: _Model) -> int:
        asked = self._settings.profile(model.name).context_tokens
        return min(asked, model.window_tokens) if model.window_tokens else asked

    async def _stream(self, model: _Model, request: GenerationRequest) -> AsyncGenerator[str, None]:
        import openai
        from llama_index.core.llms import ChatMessage

        logging.getLogger("openai").setLevel(logging.WARNING)  # below it, it writes prompts
        messages = [ChatMessage(role=message.role, content=message.content) for message in request.messages]
        messages = messages or [ChatMessage(role="user", content=request.question)]
        timeout = httpx.Timeout(None, connect=self._settings.connect_timeout_seconds)
        options: dict[str, Any] = async_client_options(self._settings.openai_api_key)
        begun = finished = False
        async with httpx.AsyncClient(timeout=timeout, **options) as http:
            client = openai.AsyncOpenAI(api_key=_NO_KEY, base_url=self._url, timeout=timeout, max_retries=0, http_client=http)
            try:
                async with aclosing(await self._llm(client, model, request).astream_chat(messages)) as answers:
                    async for answer in answers:
                        begun = begun or bool(answer.delta)
                        raw: Any = answer.raw
                        finished = finished or any(choice.finish_reason for choice in raw.choices)
                        yield answer.delta or ""
            except openai.APIStatusError as error:
                raise self._translated(error.status_code, model) from error
            except openai.APIConnectionError as error:
                raise GeneratorUnavailable(url=self._url) from error
            except httpx.HTTPError as error:
                raise GeneratorInterrupted() if begun else GeneratorUnavailable(url=self._url) from error
            except openai.OpenAIError as error:
                raise GeneratorInterrupted() if begun else GeneratorBroken(reason="it reported an error") from error
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise (
                    GeneratorInterrupted() if begun else GeneratorBroken(reason="a line of the answer is not what such a server writes")
                ) from error
        if not finished:
            raise GeneratorInterrupted() if begun else GeneratorBroken(reason="the answer ended before it began")

    def _llm(self, client: Any, model: _Model, request: GenerationRequest) -> OpenAILike:
        from llama_index.llms.openai_like import OpenAILike

        profile = self._settings.profile(model.name)
        return OpenAILike(
            model=model.name,
            api_base=self._url,
            api_key=_NO_KEY,
            api_version="none",
            is_chat_model=True,
            is_function_calling_model=False,
            context_window=self._window(model),
            max_tokens=request.max_answer_tokens,
            temperature=profile.temperature,
            max_retries=0,
            async_openai_client=client,
        )

    def _translated(self, status: int, model: _Model) -> Exception:
        if status == httpx.codes.NOT_FOUND:
            return GeneratorModelMissing(model=model.name, available="–")
        if status == httpx.codes.SERVICE_UNAVAILABLE:
            return GeneratorUnavailable(url=self._url)
        return GeneratorBroken(reason=f"HTTP {status}")

    def _model(self) -> _Model:
        """The model that writes, as the server lists it now. Raises GeneratorUnavailable, GeneratorModelMissing, GeneratorBroken."""
        resolve_nearby(self._url)
        options: dict[str, Any] = client_options(self._settings.openai_api_key)
        patience = min(_LONGEST_LOOK_SECONDS, self._settings.first_token_timeout_seconds)
        timeout = httpx.Timeout(patience, connect=self._settings.connect_timeout_seconds)
        try:
            with httpx.Client(timeout=timeout, **options) as client:
                answer = client.get(f"{self._url}/models")
        except httpx.HTTPError as error:
            raise GeneratorUnavailable(url=self._url) from error
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise GeneratorUnavailable(url=self._url)
        if answer.status_code != httpx.codes.OK:
            raise GeneratorBroken(reason=f"HTTP {answer.status_code}")
        try:
            listed = [_model_from(entry) for entry in answer.json()["data"]]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GeneratorBroken(reason="its list of models is not one") from error
        wanted = self._settings.model
        for model in listed:
            if wanted is None or model.name == wanted:
                return model
        raise GeneratorModelMissing(model=wanted or "?", available=", ".join(model.name for model in listed) or "–")


def _model_from(entry: Any) -> _Model:
    """vLLM tells ``max_model_len``, llama.cpp ``meta.n_ctx``."""
    told = entry.get("max_model_len") or (entry.get("meta") or {}).get("n_ctx") or 0
    return _Model(str(entry["id"]), int(told))
