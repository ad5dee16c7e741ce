"""`make demo`: ingest the sample organisation, ask three questions, say how to go on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

DATA_DIRECTORY = "var/demo"
DOCUMENTS = Path("data/documents")
QUESTIONS = (
    ("nl", "Hoeveel vakantiedagen heb ik als ik voltijd werk?"),
    ("en", "How heavy may a child on the bench be?"),
    ("nl", "Hoeveel aandelen van de firma mag een medewerker kopen?"),
)
DONE_IN_PART = 3


def main() -> int:
    """Run the demonstration. 0 when every step did what it should."""
    console = Console(soft_wrap=True)
    console.print("\n[bold]1. A data directory[/bold]")
    steps = [["init"], ["ingest", str(DOCUMENTS)]]
    for number, step in enumerate(steps):
        if number == 1:
            console.print(f"\n[bold]2. The documents of a fictional bicycle maker[/bold] ({DOCUMENTS})")
        code = kb(*step)
        if code not in (0, DONE_IN_PART):
            return code
    if code == DONE_IN_PART:
        console.print("[dim]The one that failed is a scan: reading it needs tesseract (apt-get install tesseract-ocr-nld).[/dim]")
    for number, (language, question) in enumerate(QUESTIONS, start=3):
        console.print(f"\n[bold]{number}. {escape(question)}[/bold]")
        code = kb("--lang", language, "ask", question)
        if code != 0:
            return code
    console.print(
        "\n[bold]How to go on[/bold]\n"
        f"  .venv/bin/kb --data-dir {DATA_DIRECTORY} serve        the chat page, with these documents\n"
        "  make serve                                  your own: then  .venv/bin/kb ingest FOLDER\n"
        "  ollama pull qwen3:4b && ollama serve        a local model writes the answers; without one they are quoted\n"
        "  .venv/bin/kb --help                         everything else\n"
    )
    return 0


def kb(*words: str) -> int:
    """Run the `kb` command as a person would, and give its exit code."""
    command = [str(Path(sys.executable).with_name("kb")), "--data-dir", DATA_DIRECTORY, *words]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
