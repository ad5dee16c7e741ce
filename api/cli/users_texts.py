"""What `kb users`, `kb init` and `kb serve` say of accounts and of TLS, per language: Dutch, English."""

from __future__ import annotations

USERS_TEXTS: dict[str, tuple[str, str]] = {
    "first.link": (
        "Accounts maken? Start `kb serve`, open {url} en maak de eerste beheerder. De link werkt één keer, tot {until}. "
        "Zonder accounts mag iedereen op deze machine vragen stellen.",
        "Want accounts? Start `kb serve`, open {url} and make the first administrator. The link works once, until {until}. "
        "Without accounts anybody on this machine may ask.",
    ),
    "users.added": ("Account gemaakt: {login}", "Made the account {login}"),
    "users.link": (
        "Geef deze link door; hij werkt één keer, tot {until}:\n{url}",
        "Pass this link on; it works once, until {until}:\n{url}",
    ),
    "users.changed": ("{login}: {roles}", "{login}: {roles}"),
    "users.removed": ("Verwijderd: {login}", "Removed: {login}"),
    "users.in": ("{login} mag er weer in.", "{login} may come in again."),
    "users.out": ("{login} is buitengesloten, ook wie nu aangemeld is.", "{login} is shut out, also where signed in now."),
    "users.needs_yes": ("zonder terminal is --yes nodig", "without a terminal --yes is needed"),
    "users.question": ("Het account van {login} verwijderen?", "Remove the account of {login}?"),
    "groups.changed": ("{group}: {members}", "{group}: {members}"),
    "groups.removed": ("Groep verwijderd: {group}", "Removed the group {group}"),
    "audience": ("{space} is zichtbaar voor: {groups}", "{space} is seen by: {groups}"),
    "audience.nobody": ("niemand", "nobody"),
    "token.added": (
        "Bewaar dit token; het wordt niet nog eens getoond. Het geldt tot {until}:\n{secret}",
        "Keep this token; it is not shown again. It holds until {until}:\n{secret}",
    ),
    "token.removed": ("Token ingetrokken.", "Revoked the token."),
    "column.login": ("aanmeldnaam", "sign-in name"),
    "column.person": ("naam", "name"),
    "column.roles": ("rollen", "roles"),
    "column.groups": ("groepen", "groups"),
    "column.origin": ("bron", "origin"),
    "column.active": ("toegang", "access"),
    "column.members": ("leden", "members"),
    "column.expires": ("geldt tot", "until"),
    "column.used": ("gebruikt", "used"),
    "column.may": ("mag", "may"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "role.employee": ("medewerker", "employee"),
    "role.knowledge_manager": ("kennisbeheerder", "knowledge manager"),
    "role.dpo": ("functionaris gegevensbescherming", "data protection officer"),
    "role.ops": ("systeembeheer", "operations"),
    "role.administrator": ("beheerder", "administrator"),
    "tls.trust": (
        "Dit certificaat is ondertekend door een eigen autoriteit. Installeer {authority} één keer op elk apparaat als vertrouwde "
        "autoriteit (SHA-256 {fingerprint}): Windows: dubbelklik, Certificaat installeren, Vertrouwde basiscertificeringsinstanties. "
        "macOS: Sleutelhangertoegang, Altijd vertrouwen. iPhone: openen, profiel installeren, Vertrouwensinstellingen. "
        "Android: Instellingen, Certificaat installeren, CA-certificaat. Firefox: Instellingen, Certificaten, Importeren. "
        "Geef het bestand persoonlijk of via uw beheer door, niet via deze server.",
        "This certificate is signed by an authority of your own. Install {authority} once on every device as a trusted authority "
        "(SHA-256 {fingerprint}): Windows: double-click, Install certificate, Trusted Root Certification Authorities. "
        "macOS: Keychain Access, Always trust. iPhone: open it, install the profile, Certificate Trust Settings. "
        "Android: Settings, Install a certificate, CA certificate. Firefox: Settings, Certificates, Import. "
        "Hand the file over in person or by your device management, not by this server.",
    ),
}
