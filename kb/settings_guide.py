"""Writes docs/settings.md from the settings themselves: `python -m kb.settings_guide > docs/settings.md`. A test compares the two."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from kb.settings import DirectoryGroup, ModelProfile, Settings, SyncEntry

_HEAD = """# Settings

Settings stand in `kb.toml` in the data directory, each section a table, or in the environment, which wins:
`[generation] model` in the file is `KB_GENERATION__MODEL` in the environment. They are read once, at the start. A misspelt
setting is refused and named with the nearest that exists.

```toml
organisation = "Rijwielfabriek Kwikwiel"
purpose = "Answers questions about our rules, products and procedures."

[embedding]                 # much better Dutch than the packaged English model
backend = "ollama"
model = "bge-m3"

[generation]
backend = "ollama"
model = "qwen3:4b"

[generation.profiles."qwen3:4b"]
context_tokens = 8192
```

After another embedding model every chunk is embedded anew. The server does it by itself, `kb ingest` at its end; it can be cut
off and goes on where it was, and until it is done the old index answers.

This page is written from the code: `python -m kb.settings_guide > docs/settings.md`.
"""


def guide() -> str:
    """The page."""
    sections = [_HEAD, _table("General", "", Settings)]
    for name, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            sections.append(_table(f"[{name}]", f"KB_{name.upper()}__…", info.annotation))
    sections.append(_table("[generation.profiles.NAME]", "", ModelProfile))
    sections.append(_table("[[sync]]", "", SyncEntry))
    sections.append(_table("[[directory_groups]]", "", DirectoryGroup))
    return "\n".join(sections)


def _table(title: str, variable: str, model: type[BaseModel]) -> str:
    doc = (model.__doc__ or "").strip().splitlines()[0]
    lines = [f"## {title}", "", doc + (f" In the environment: `{variable}`." if variable else ""), "", "| setting | default | meaning |"]
    lines.append("| --- | --- | --- |")
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            continue
        lines.append(f"| `{name}` | {_default(info.get_default(call_default_factory=True))} | {info.description or ''} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "unset"
    if value in ((), {}, ""):
        return "empty"
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


if __name__ == "__main__":
    sys.stdout.write(guide())
