"""Settings: one file, the environment above it, mistakes named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingsInvalid
from kb.settings import EmbeddingSettings, ModelProfile, load_settings


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "kb.toml").write_text(text)
    return tmp_path


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "var")
    assert settings.generation.backend == "auto"
    assert settings.server.host == "127.0.0.1"
    assert settings.secrets_dir == tmp_path / "var.secrets"


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, 'organisation = "Kwikwiel"\n[generation]\nmodel = "a"\nbackend = "ollama"\n')
    monkeypatch.setenv("KB_GENERATION__MODEL", "b")
    settings = load_settings(tmp_path)
    assert (settings.organisation, settings.generation.model, settings.generation.backend) == ("Kwikwiel", "b", "ollama")


def test_a_misspelt_setting_is_named_with_the_nearest_that_exists(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(written(tmp_path, '[generation]\nmodle = "x"\n'))
    assert "generation.modle" in refused.value.sentence("nl")
    assert "generation.model?" in refused.value.sentence("en")


def test_a_value_that_does_not_fit_is_named_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(written(tmp_path, '[generation]\nopenai_api_key = ["sk-secret"]\n'))
    assert "generation.openai_api_key" in refused.value.sentence("en")
    assert "sk-secret" not in refused.value.sentence("en")


def test_a_file_that_is_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(written(tmp_path, "[generation\n"))
    assert "kb.toml" in refused.value.sentence("nl")


def test_settings_cannot_be_changed_once_read(tmp_path: Path) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        load_settings(tmp_path).generation.model = "x"  # type: ignore[misc]


def test_a_key_does_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, generation={"openai_api_key": "sk-secret"})
    assert "sk-secret" not in repr(settings)


def test_a_model_has_its_own_profile_or_the_default_one(tmp_path: Path) -> None:
    text = "[generation.profiles.default]\ntemperature = 0.3\n[generation.profiles.'qwen3:4b']\ncontext_tokens = 8192\n"
    generation = load_settings(written(tmp_path, text)).generation
    assert generation.profile("qwen3:4b").context_tokens == 8192
    assert generation.profile("other").temperature == 0.3
    assert load_settings(tmp_path / "elsewhere").generation.profile("other") == ModelProfile()


def test_the_guide_to_the_settings_is_that_of_the_code() -> None:
    from kb.settings_guide import guide

    assert (Path(__file__).parents[2] / "docs" / "settings.md").read_text() == guide(), "python -m kb.settings_guide > docs/settings.md"


def test_cosines_with_glosses_and_without_are_not_those_of_one_calibration() -> None:
    known = {EmbeddingSettings(gloss_dutch=glossed).vectors_of for glossed in (None, True, False)}
    assert len(known) == 3
    assert EmbeddingSettings().vectors_of == "sentence-transformers: packaged"
