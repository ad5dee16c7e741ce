"""What `kb backup` says besides errors, as (Dutch, English)."""

from __future__ import annotations

BACKUP_TEXTS: dict[str, tuple[str, str]] = {
    "backup.made": (
        "Back-up gemaakt: {path} ({files} bestanden, {size} bytes), geldig tot en met {expires_on}.",
        "Made the backup {path} ({files} files, {size} bytes), which ends on {expires_on}.",
    ),
    "backup.recovery": (
        "Herstelsleutel, die alleen nu wordt getoond:\n\n    {recovery_key}\n\nSchrijf hem op en bewaar hem buiten deze machine. "
        "Zonder deze sleutel is op een andere machine geen enkele back-up te openen; wie hem heeft, kan ze allemaal lezen. "
        "Bewaar ook een kopie van {secrets_dir}: zonder de sleutels daarin gaat een teruggezette map alleen voor de "
        "functionaris gegevensbescherming open.",
        "Recovery key, shown this once:\n\n    {recovery_key}\n\nWrite it down and keep it away from this machine. "
        "Without it no backup can be opened on another machine; whoever has it can read them all. "
        "Keep a copy of {secrets_dir} too: without the keys in it a restored directory opens for the data protection officer alone.",
    ),
    "backup.none": ("Er zijn geen back-ups.", "There are no backups."),
    "backup.whole": (
        "{name} is heel: {files} bestanden gelezen, gemaakt op {created_at}, geldig tot en met {expires_on}.",
        "{name} is whole: read {files} files, made on {created_at}, ends on {expires_on}.",
    ),
    "backup.restored": (
        "Teruggezet in {path}: {files} originelen, stand van {created_at}. Opnieuw gewist: {replayed}; apart gezet: {held}.",
        "Restored into {path}: {files} originals, as of {created_at}. Erased again: {replayed}; set aside: {held}.",
    ),
    "backup.restored_next": (
        "De zoekindexen worden bij de eerste vraag opnieuw gemaakt. Start met: kb --data-dir {path} serve",
        "The indexes are made anew at the first question. Start with: kb --data-dir {path} serve",
    ),
    "backup.officer_only": (
        "Het journaal van wissingen of de sleutel van de blokkades ontbreekt. Deze map gaat alleen open voor de functionaris "
        "gegevensbescherming, tot `kb backup accept`.",
        "The journal of erasures or the key of the suppressions is missing. This directory opens for the data protection officer alone, "
        "until `kb backup accept`.",
    ),
    "backup.accepted": (
        "De map is weer voor iedereen open. Opnieuw gewist: {replayed}.",
        "The directory is open for everybody again. Erased again: {replayed}.",
    ),
    "column.expires": ("geldig tot en met", "ends on"),
    "column.verified": ("gecontroleerd", "verified"),
    "column.folder": ("map", "folder"),
    "column.made": ("gemaakt", "made"),
}
