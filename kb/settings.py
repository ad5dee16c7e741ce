"""The settings: typed, frozen, read once from ``<data-dir>/kb.toml`` and from ``KB_…`` variables, which win.

Sections are tables in the file and double underscores in variables: ``[generation] model`` is ``KB_GENERATION__MODEL``.
Units stand in the names.
"""

from __future__ import annotations

import difflib
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from kb.errors import SettingsInvalid


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(_Section):
    """Where the service listens, and how much of it."""

    host: str = Field("127.0.0.1", description="Address to listen on. Beyond loopback only with accounts and TLS.")
    port: int = Field(8765, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    names: tuple[str, ...] = Field((), description="Names under which people reach it, such as “kennisbank.school.example”.")
    tls_cert: Path | None = Field(None, description="Certificate (PEM, with what signed it) to serve HTTPS with.")
    tls_key: Path | None = Field(None, description="Its private key (PEM).")
    tls_local: bool = Field(False, description="Serve HTTPS with a certificate of a local authority that Kennisbank makes itself.")
    proxies: tuple[str, ...] = Field(
        (), description="Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    max_concurrent_questions: int = Field(4, ge=1, description="Questions answered at the same time.")
    max_request_bytes: int = Field(220_000_000, ge=1_000, description="Largest request that is read.")


class LimitSettings(_Section):
    """What one request may hold."""

    question_characters: int = Field(4_000, ge=100, description="Longest question.")
    history_turns: int = Field(20, ge=0, description="Earlier messages that are read.")
    file_bytes: int = Field(200_000_000, ge=1_000, description="Largest file that is read.")


class EmbeddingSettings(_Section):
    """Which model turns text into vectors."""

    backend: Literal["sentence-transformers", "ollama", "hashing"] = Field(
        "sentence-transformers", description="“hashing” needs no model and finds by letters alone: for tests."
    )
    model: str = Field("packaged", description="“packaged” (MiniLM), a local folder, a hub name, or a model of Ollama.")
    ollama_url: str = Field("http://127.0.0.1:11434", description="Ollama's address, for the ollama back end.")
    query_prefix: str | None = Field(None, description="Text before a question; unset: what the model's family needs.")
    passage_prefix: str | None = Field(None, description="Text before a passage; unset: what the model's family needs.")
    gloss_dutch: bool | None = Field(
        None, description="Put Dutch into English word by word for the model; unset: for models known to read English only."
    )
    batch_size: int = Field(32, ge=1, le=1024, description="Texts per call of the model.")
    threads: int | None = Field(None, ge=1, description="Threads of the model; unset: the cores of the machine.")
    timeout_seconds: float = Field(60.0, gt=0, description="How long Ollama may take per call.")

    @property
    def vectors_of(self) -> str:
        """What a calibration knows its cosines by: the model, and whether glosses were forbidden or asked for."""
        glosses = {None: "", True: ", glosses", False: ", no glosses"}[self.gloss_dutch]
        return f"{self.backend}: {self.model}{glosses}"


class SandboxSettings(_Section):
    """What reading a file may cost. Each has its own process; up to 32 small plain texts share one, and what fails is read again alone."""

    workers: int | None = Field(
        None, ge=1, le=64, description="Files read at the same time; unset: one less than the cores of the machine."
    )
    memory_bytes: int = Field(1_500_000_000, ge=100_000_000, description="Most memory for one file, and its largest temporary file.")
    cpu_seconds: int = Field(300, ge=1, description="Most computing time for one file.")
    wall_seconds: float = Field(600.0, gt=0, description="Longest that reading one file may take.")
    output_bytes: int = Field(100_000_000, ge=1_000, description="Most text, with its places on the pages, that one file may give.")


class ChunkingSettings(_Section):
    """How documents are cut."""

    target_tokens: int = Field(180, ge=32, description="Size aimed at, in tokens of the embedder.")


class RetrievalSettings(_Section):
    """How passages are found."""

    passages: int = Field(8, ge=1, le=50, description="Passages considered for an answer.")
    candidates: int = Field(50, ge=10, le=500, description="Hits taken from each index of a space.")
    vector_weight: float | None = Field(
        None,
        ge=0,
        le=5,
        description="Weight of vectors beside 1 for words; unset: by how well the embedder does on built-in Dutch and English pairs.",
    )
    cross_encoder: str | None = Field(
        None, description="A model that reads question and passage together and orders the best anew: a local folder or a hub name."
    )
    cross_encoder_passages: int = Field(20, ge=1, le=200, description="How many passages it reads per question; it costs time for each.")


class ModelProfile(_Section):
    """How one model is used."""

    system_prompt_nl: str | None = Field(None, description="Instead of the built-in Dutch system prompt.")
    system_prompt_en: str | None = Field(None, description="Instead of the built-in English system prompt.")
    temperature: float = Field(0.0, ge=0, le=2, description="0: always the likeliest word.")
    context_tokens: int = Field(4096, ge=512, description="Window asked of the model; never more than the model has.")
    max_answer_tokens: int = Field(400, ge=16, description="Longest answer; this much of the window is kept free for it.")
    threads: int | None = Field(None, ge=1, description="Threads of the model server for this model.")
    keep_alive_seconds: int = Field(300, ge=-1, description="How long the model stays in memory; -1: always.")


class GenerationSettings(_Section):
    """Which model writes the answers."""

    backend: Literal["auto", "ollama", "openai-compatible", "extractive", "scripted"] = Field(
        "auto", description="“auto”: Ollama when it answers and has a model, else “extractive”, which quotes. “scripted” is for tests."
    )
    model: str | None = Field(None, description="The model's name; unset: the first that the server has.")
    ollama_url: str = Field("http://127.0.0.1:11434", description="Ollama's address.")
    openai_url: str = Field("http://127.0.0.1:8080/v1", description="Base of an OpenAI-compatible server on this machine.")
    openai_api_key: str | None = Field(None, description="Key of that server, if it wants one.", repr=False)
    connect_timeout_seconds: float = Field(3.0, gt=0, description="How long reaching the model server may take.")
    first_token_timeout_seconds: float = Field(60.0, gt=0, description="How long until the first piece of an answer.")
    idle_timeout_seconds: float = Field(20.0, gt=0, description="Longest silence between two pieces.")
    script: tuple[str, ...] = Field((), description="What the scripted back end says, in turn: for tests.")
    profiles: dict[str, ModelProfile] = Field(default_factory=dict, description="Per model name; “default” for all others.")

    def profile(self, model: str) -> ModelProfile:
        """The profile of ``model``, else “default”, else the built-in one."""
        return self.profiles.get(model) or self.profiles.get("default") or ModelProfile()


class AnsweringSettings(_Section):
    """When an answer is shown."""

    helpfulness: Literal["silent", "balanced", "helpful"] = Field(
        "balanced",
        description="When in doubt whether the documents answer: “silent” says so sooner, “helpful” rather shows what it found.",
    )
    minimum_support: float = Field(0.6, ge=0, le=1, description="Below this a sentence is dropped.")
    rewrite_seconds: float = Field(
        4.0, ge=0, description="How long a model may take to write a follow-up as a question of its own; 0: by rule alone."
    )
    extractive_sentences: int = Field(3, ge=1, le=10, description="Most sentences that the extractive back end quotes.")


class SyncEntry(_Section):
    """A folder that the server keeps in step with a space: files that appear, change, move and go. One table per folder."""

    folder: Path = Field(description="The folder, as an absolute path on the server.")
    space: str = Field("algemeen", description="The space that it is kept in step with.")
    every_minutes: int = Field(60, ge=1, le=10_080, description="How often.")
    name: str | None = Field(
        None, min_length=1, max_length=255, description="What its documents are known by; unset: the folder's own name."
    )

    @model_validator(mode="after")
    def _absolute_and_named(self) -> Self:
        if not self.folder.is_absolute():
            raise ValueError("folder must be an absolute path")
        if not self.known_as or "/" in self.known_as or self.known_as in (".", ".."):
            raise ValueError("give it a name without slashes")
        return self

    @property
    def known_as(self) -> str:
        """What the sources of its documents begin with."""
        return self.name or self.folder.name

    @property
    def key(self) -> tuple[str, str]:
        """Space and name: what no two folders may share."""
        return self.space, self.known_as


class WebSettings(_Section):
    """Which sites pages may be fetched from. Off until a site is named."""

    allow: tuple[str, ...] = Field(
        (), description="Names of sites, such as “intranet.example” or “wiki.example:8443”. Nothing else is asked."
    )
    allow_private: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Per site, the networks that are not public and that it may lie in, such as “10.1.0.0/16”."
    )
    page_seconds: float = Field(30.0, gt=0, le=600, description="How long one page may take, redirects included.")
    page_bytes: int = Field(20_000_000, ge=1_000, description="Largest page.")
    sitemap_pages: int = Field(1_000, ge=1, le=50_000, description="Most pages that one sitemap may bring.")

    @field_validator("allow_private")
    @classmethod
    def _networks(cls, given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for networks in given.values():
            for network in networks:
                ip_network(network)
        return given


class SignInSettings(_Section):
    """How people sign in, and how long that holds."""

    idle_minutes: int = Field(240, ge=1, description="A session ends when it was not used for so long.")
    session_hours: int = Field(12, ge=1, le=720, description="A session ends after this, used or not.")
    password_characters: int = Field(12, ge=8, le=64, description="Shortest password.")
    code_hours: int = Field(24, ge=1, le=336, description="How long a one-time link opens something.")
    token_days: int = Field(90, ge=1, le=730, description="Longest life of an API token.")
    account_attempts: int = Field(5, ge=1, description="Failures on one account before it has to wait, ever longer, at most 15 minutes.")
    address_attempts: int = Field(30, ge=1, description="The same for one address.")


class OidcSettings(_Section):
    """Sign-in with OpenID Connect: Entra ID, Google, Keycloak and others. On when there is an issuer."""

    issuer: str = Field("", description="Such as “https://login.microsoftonline.com/TENANT/v2.0”; https, but on this machine.")
    client_id: str = Field("", description="As registered there, with the redirect address https://NAME/sign-in/oidc/back.")
    client_secret: str | None = Field(None, description="As given there; unset: a public client.", repr=False)
    label: str = Field("", description="What its button is called; empty: the issuer's name.")
    scopes: str = Field("openid profile email", description="What is asked for; some providers want “groups” among it.")
    login_claim: str = Field("preferred_username", description="Where the name stands that somebody signs in with; else “email”.")
    groups_claim: str = Field("groups", description="Where the groups stand; with dots for what lies deeper (“realm_access.roles”).")
    timeout_seconds: float = Field(10.0, gt=0, description="How long the provider may take per call.")

    @field_validator("issuer")
    @classmethod
    def _safe(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        if issuer and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")):
            raise ValueError("give an https address")
        return issuer


class LdapSettings(_Section):
    """Sign-in with LDAP or Active Directory. On when there is an address."""

    url: str = Field("", description="Such as “ldaps://dc1.school.example”; plain “ldap://” only with start_tls, or on this machine.")
    start_tls: bool = Field(False, description="Begin in plain and go over to TLS before anything is said.")
    ca_file: Path | None = Field(None, description="Who signed the directory's certificate; unset: whom the machine trusts.")
    base_dn: str = Field("", description="Below this people are looked for.")
    bind_dn: str = Field("", description="Who looks them up; empty: anonymously.")
    bind_password: str | None = Field(None, description="With which password.", repr=False)
    user_filter: str = Field("(uid={login})", description="For Active Directory: “(sAMAccountName={login})”.")
    subject_attribute: str = Field("entryUUID", description="What stays the same about somebody; in Active Directory “objectGUID”.")
    name_attribute: str = Field("cn", description="What somebody is called; in Active Directory “displayName”.")
    groups_attribute: str = Field("memberOf", description="Where the groups of somebody stand.")
    group_base_dn: str = Field("", description="Where groups are looked for instead, by group_filter.")
    group_filter: str = Field("(member={dn})", description="Which groups somebody is in.")
    timeout_seconds: float = Field(10.0, gt=0, description="How long the directory may take per call.")

    @model_validator(mode="after")
    def _in_private(self) -> Self:
        parts = urlsplit(self.url)
        here = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if self.url and parts.scheme != "ldaps" and not (parts.scheme == "ldap" and (self.start_tls or here)):
            raise ValueError("give an ldaps address, or say start_tls: passwords do not travel in plain")
        return self


class SignInProxySettings(_Section):
    """Sign-in by a reverse proxy that knows its people and names them in a header. On when there is an address."""

    addresses: tuple[str, ...] = Field((), description="From these addresses the headers are believed; from any other they are not read.")
    login_header: str = Field("X-Remote-User", description="What somebody signs in with.")
    name_header: str = Field("X-Remote-Name", description="What somebody is called.")
    groups_header: str = Field("X-Remote-Groups", description="The groups, with commas.")


class DirectoryGroup(_Section):
    """What a group of a directory (OpenID Connect, LDAP or proxy) means here. One table per group."""

    name: str = Field(min_length=1, description="Its name there, for LDAP the whole DN or its first part; “*” is everybody.")
    roles: tuple[Literal["employee", "knowledge_manager", "dpo", "ops", "administrator"], ...] = Field((), description="Roles it gives.")
    group: str | None = Field(None, min_length=1, description="Group of Kennisbank that its people are in; made where it is missing.")
    spaces: tuple[str, ...] = Field((), description="Spaces that this group sees; unset group: one of the same name.")


class PrivacySettings(_Section):
    """How subject requests are handled."""

    second_approver: bool = Field(True, description="Destroying originals asks a second person's approval.")
    holidays: Literal["NL"] = Field("NL", description="Whose public holidays move a deadline (Regulation 1182/71).")
    suppression_years: int = Field(5, ge=1, le=20, description="How long an erased person is kept from coming back.")
    dossier_years: int = Field(5, ge=1, le=20, description="Term that is written into the exported dossier of a closed case.")
    contact: str = Field("", description="Whom a letter names as the one to turn to: the data protection officer and how to reach him.")


class RetentionSettings(_Section):
    """Days after which each category is physically removed; 0: kept until it is erased."""

    answers: int = Field(30, ge=0, description="Questions and answers.")
    feedback: int = Field(30, ge=0, description="Thumbs and their reasons.")
    superseded_versions: int = Field(
        30, ge=0, description="Versions that were replaced and removed documents, once no kept answer cites them."
    )
    failed_uploads: int = Field(30, ge=0, description="Originals that could not be read.")
    audit_details: int = Field(365, ge=0, description="Details of the audit chain; its rows stay.")
    requests: int = Field(1826, ge=0, description="Closed subject requests, without the person.")
    suppression_lifted: int = Field(30, ge=0, description="Suppressions after they ended or were lifted.")
    most_at_once: float = Field(0.1, gt=0, le=1, description="Share of a category above which nothing is removed until a person agrees.")


class BackupSettings(_Section):
    """Where backups go and how long they live."""

    destinations: tuple[Path, ...] = Field((), description="Folders outside the data directory; each backup goes to each.")
    keep_days: int = Field(30, ge=1, description="A backup expires so many days after it was made; letters name the day.")


class LogSettings(_Section):
    """How the service writes its log. It holds ids and counts, never text."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    json_lines: bool = Field(True, description="One JSON object per line; false: for reading in a terminal.")


class Settings(BaseSettings):
    """All settings. ``data_dir`` and ``secrets_dir`` come from the command line or the environment, never from the file."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="KB_", env_nested_delimiter="__")

    data_dir: Path = Field(Path("var"), description="From the command line or KB_DATA_DIR alone, not from the file.")
    secrets_dir: Path = Field(Path("var.secrets"), description="From the command line or KB_SECRETS_DIR alone.")
    organisation: str = Field("", description="Name of the organisation, shown on the pages.")
    purpose: str = Field("", description="What the assistant is for, in one sentence.")
    language: Literal["nl", "en"] = Field("nl", description="Language of the screens where the browser does not say.")
    ledger_url: str | None = Field(None, description="SQLAlchemy address of a PostgreSQL ledger; unset: SQLite in data_dir.")
    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    sandbox: SandboxSettings = SandboxSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    generation: GenerationSettings = GenerationSettings()
    answering: AnsweringSettings = AnsweringSettings()
    sync: tuple[SyncEntry, ...] = Field((), description="Folders that the server keeps in step: `[[sync]]` tables, see below.")
    web: WebSettings = WebSettings()
    privacy: PrivacySettings = PrivacySettings()
    retention: RetentionSettings = RetentionSettings()
    backup: BackupSettings = BackupSettings()
    sign_in: SignInSettings = SignInSettings()
    oidc: OidcSettings = OidcSettings()
    ldap: LdapSettings = LdapSettings()
    sign_in_proxy: SignInProxySettings = SignInProxySettings()
    directory_groups: tuple[DirectoryGroup, ...] = Field(
        (), description="What groups of directories mean: `[[directory_groups]]` tables, see below."
    )
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _one_folder_per_name(self) -> Self:
        keys = [(entry.space.lower(), entry.known_as) for entry in self.sync]
        twice = next((entry for entry, key in zip(self.sync, keys, strict=True) if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"two folders are called “{twice.known_as}” in the space “{twice.space}”; give one a name of its own")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        toml_file = settings_cls.model_config.get("toml_file")
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        return (*sources, TomlConfigSettingsSource(settings_cls)) if toml_file else sources


def load_settings(data_dir: Path, secrets_dir: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings of ``data_dir``; ``overrides`` win over everything.

    Raises SettingsInvalid, which names the setting, and for a misspelt one the nearest that exists.
    """
    data_dir = data_dir.absolute()
    secrets = (secrets_dir or data_dir.with_name(data_dir.name + ".secrets")).absolute()
    config = data_dir / "kb.toml"
    model: type[Settings] = Settings
    if config.is_file():
        model = type("Settings", (Settings,), {"model_config": SettingsConfigDict(**{**Settings.model_config, "toml_file": config})})
    try:
        return model(data_dir=data_dir, secrets_dir=secrets, **overrides)
    except ValidationError as error:
        raise SettingsInvalid(reason=_explain(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(reason=f"kb.toml: {error}") from error


def _explain(error: ValidationError) -> str:
    problems = []
    for item in error.errors(include_input=False, include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        message = item["msg"]
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(path, _known_settings(), n=1)
            message = "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
        problems.append(f"{path}: {message}")
    return "; ".join(problems)


def _known_settings(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, info in model.model_fields.items():
        names.append(prefix + name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            names += _known_settings(info.annotation, f"{prefix}{name}.")
    return names
