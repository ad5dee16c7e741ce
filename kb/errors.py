"""The error tree: every way in which Kennisbank says no.

    KennisbankError
    ├── InvalidRequest (400)          what was asked cannot be understood
    │                                 EmptyQuestion · QuestionTooLong · InvalidName · EmptySelection · PathMissing · InvalidUpload
    │                                 UnknownLabel
    │                                 GroundUnknown · IdentityMethodUnknown · ReasonNeeded · InvalidIdentifier · TooManyIdentifiers
    │                                 JudgementUnfounded · WeakPassword · InvalidLogin
    ├── NotFound (404)                SpaceNotFound · DocumentNotFound (SourceRemoved 410 · SourceHidden 403) · AnswerNotFound · RequestNotFound · HitNotFound
    │                                 PersonNotFound · GroupNotFound · TokenNotFound · SignInMethodOff
    ├── NotPermitted (403)            exit code 4; WebNotAllowed · WebAddressRefused
    │                                 CodeNotValid · NotLetIn
    ├── NotAuthenticated (401)        exit code 4; SignInFailed · SignInBroken
    ├── TooManyAttempts (429)         exit code 4
    ├── SignInUnavailable (503)       a directory does not answer
    ├── Conflict (409)                CannotRedact · SpaceExists · SourceTaken · FolderElsewhere
    │                                 StepNotPossible · OnLegalHold · ExtensionTooLate · SecondApproverNeeded · IncompleteReview
    │                                 PersonGone · NotCorrected · ContradictoryJudgements
    │                                 LoginTaken · GroupExists · BuiltInGroup · LastAdministrator · AdministratorFirst · ManagedElsewhere
    ├── ErasureError                  PlanOutdated (409) · NotEnoughDisk · JournalCopyFailed · LedgerKeptBusy · ResidueLeft
    ├── CaseUnreadable · SealBroken · SealedForAnother   the key of a case is gone or its file was changed; a sealed file is for another key
    ├── TooLarge (413)
    ├── WebPageUnavailable (502)      a page of the intranet could not be fetched
    ├── SyncFolderGone                a folder to keep in step is not there: an unmounted share?
    ├── SettingsInvalid               kb.toml or a KB_ variable is wrong
    ├── DataDirectoryError            DirectoryMissing · DirectoryLocked · DirectoryReadOnly · DirectoryNewer · DirectoryDamaged
    │                                 DiskFull
    ├── EmbedderError (503)           EmbedderUnavailable · EmbedderModelMissing · EmbedderModelChanged · EmbedderBroken
    ├── RerankerError (503)           RerankerModelMissing · RerankerBroken
    ├── GeneratorError (503)          GeneratorUnavailable · GeneratorModelMissing · GeneratorTimeout · GeneratorInterrupted
    │                                 GeneratorBroken · PromptTooLong
    ├── SearchIndexError (503)        IndexBroken
    ├── BackupError                   BackupUnreadable · BackupKeyWrong · BackupKeyMissing · BackupDamaged · RestoreNotEmpty
    │                                 BackupNotSupported · BackupInside · RestoredWithoutJournal (403)
    ├── ScanFailed                    the residue scan could not be carried through
    ├── ExposedAddress · PortInUse    `kb serve` was asked for an address it must not or cannot use; ExposedWithoutAccounts
    ├── CertificateUnusable           HTTPS cannot be served with what was given
    ├── ShuttingDown (503)            what was asked was cut off by the end of this process
    ├── ServerUnreachable             the running server holds the directory but does not answer
    └── of the service alone          Busy (429) · ForeignHost · ForeignOrigin · MethodNotAllowed: api/problems.py

An error has a stable ``code`` (never renamed), an HTTP ``status``, a process ``exit_code``, and one sentence per screen
language that says what is wrong and what to do. Sentences hold no text of documents, questions or people: only what the
caller typed as a name, and numbers. Expected outcomes (no evidence, a file that cannot be read) are return values, not errors.
"""

from __future__ import annotations

from typing import ClassVar


class KennisbankError(Exception):
    """Base of all errors that Kennisbank raises on purpose.

    ``params`` fill the places in ``en`` and ``nl``.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    en: ClassVar[str] = "Something went wrong inside Kennisbank. The log names this request; tell whoever runs the server."
    nl: ClassVar[str] = "Er ging binnen Kennisbank iets mis. Het logboek noemt dit verzoek; meld het bij de beheerder van de server."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """The sentence for people, in ``language`` ("nl" or anything else for English)."""
        template = self.nl if language == "nl" else self.en
        return template.format(**self.params)


class InvalidRequest(KennisbankError):
    code, status, exit_code = "invalid_request", 400, 2
    en = "The request is not valid: {reason}"
    nl = "Het verzoek klopt niet: {reason}"


class EmptyQuestion(InvalidRequest):
    code = "empty_question"
    en = "The question is empty. Type a question of at least one word."
    nl = "De vraag is leeg. Typ een vraag van ten minste één woord."


class QuestionTooLong(InvalidRequest):
    code = "question_too_long"
    en = "The question has {characters} characters; at most {limit} are read. Ask the core of it, or add the text as a document."
    nl = "De vraag telt {characters} tekens; er worden er hoogstens {limit} gelezen. Stel de kern ervan, of voeg de tekst toe als document."


class InvalidName(InvalidRequest):
    code = "invalid_name"
    en = "“{name}” cannot be used as a name: use 1 to 64 letters, digits, spaces, dots, dashes or underscores, beginning with a letter or digit."
    nl = "“{name}” kan geen naam zijn: gebruik 1 tot 64 letters, cijfers, spaties, punten, streepjes of liggende streepjes, te beginnen met een letter of cijfer."


class InvalidLogin(InvalidRequest):
    code = "invalid_login"
    en = "“{login}” cannot be signed in with: use 1 to 120 letters, digits and . _ - + @, such as an e-mail address."
    nl = "Met “{login}” kan niet worden aangemeld: gebruik 1 tot 120 letters, cijfers en . _ - + @, zoals een e-mailadres."


class EmptySelection(InvalidRequest):
    code = "no_files"
    en = "No files were found at {path}. Check the path; folders are read with everything below them."
    nl = "Op {path} zijn geen bestanden gevonden. Controleer het pad; van mappen wordt alles eronder gelezen."


class PathMissing(InvalidRequest):
    code = "path_missing"
    en = "There is nothing at {path}. Check the spelling."
    nl = "Er staat niets op {path}. Controleer de spelling."


class InvalidUpload(InvalidRequest):
    code = "invalid_upload"
    en = "The upload cannot be used: {reason}"
    nl = "De upload is niet bruikbaar: {reason}"


class UnknownLabel(InvalidRequest):
    code = "unknown_label"
    en = "There is no label “{label}”. There are: {labels}."
    nl = "Er is geen label “{label}”. Wel: {labels}."


class NotFound(KennisbankError):
    code, status = "not_found", 404
    en = "That does not exist, or you may not see it."
    nl = "Dat bestaat niet, of u mag het niet zien."


class SpaceNotFound(NotFound):
    code = "space_not_found"
    en = "There is no space called “{space}”. `kb spaces list` shows the spaces; `kb spaces add` makes one."
    nl = "Er is geen ruimte met de naam “{space}”. `kb spaces list` toont de ruimtes; `kb spaces add` maakt er een."


class DocumentNotFound(NotFound):
    code = "document_not_found"
    en = "There is no document “{document_id}”. `kb documents list` shows the documents."
    nl = "Er is geen document “{document_id}”. `kb documents list` toont de documenten."


class NotSetAside(DocumentNotFound):
    code = "not_set_aside"
    en = "“{document_id}” is not set aside, or an erasure keeps it out, which only the data protection officer ends. Nothing was released."
    nl = "“{document_id}” staat niet apart, of een wissing houdt het buiten en alleen de functionaris heft die op. Er is niets vrijgegeven."


class SourceRemoved(DocumentNotFound):
    code, status = "source_removed", 410
    en = "This source was removed. The answer that cites it was given before."
    nl = "Deze bron is verwijderd. Het antwoord dat ernaar verwijst, is van daarvoor."


class SourceHidden(DocumentNotFound):
    code, status = "source_hidden", 403
    en = "This source is hidden for now, while a request about it is handled."
    nl = "Deze bron is voorlopig verborgen, zolang een verzoek erover wordt behandeld."


class AnswerNotFound(NotFound):
    code = "answer_not_found"
    en = "There is no answer “{answer_id}”; it may have been removed at the end of its retention."
    nl = "Er is geen antwoord “{answer_id}”; mogelijk is het verwijderd aan het einde van de bewaartermijn."


class TaskNotFound(NotFound):
    code = "task_not_found"
    en = "There is no open task “{task_id}”. `kb privacy show` lists what is open."
    nl = "Er is geen openstaande taak “{task_id}”. `kb privacy show` toont wat openstaat."


class SuppressionNotFound(NotFound):
    code = "suppression_not_found"
    en = "There is no suppression “{suppression_id}” that still holds."
    nl = "Er is geen blokkade “{suppression_id}” die nog geldt."


class BackupNotFound(NotFound):
    code = "backup_not_found"
    en = "There is no backup “{name}”. `kb backup list` shows the backups; a file elsewhere is named by its path."
    nl = "Er is geen back-up “{name}”. `kb backup list` toont de back-ups; een bestand elders noemt u bij zijn pad."


class NotPermitted(KennisbankError):
    code, status, exit_code = "not_permitted", 403, 4
    en = "You may not do this ({action})."
    nl = "U mag dit niet doen ({action})."


class NotAuthenticated(KennisbankError):
    code, status, exit_code = "not_authenticated", 401, 4
    en = "Sign in first, or send the owner's token of this data directory."
    nl = "Meld u eerst aan, of stuur het eigenaarstoken van deze gegevensmap mee."


class SignInFailed(NotAuthenticated):
    code = "sign_in_failed"
    en = "The name or the password is not right. Try again, or ask an administrator for a link to choose a new password."
    nl = "De naam of het wachtwoord klopt niet. Probeer het opnieuw, of vraag een beheerder om een link voor een nieuw wachtwoord."


class TooManyAttempts(KennisbankError):
    code, status, exit_code = "too_many_attempts", 429, 4
    en = "There were too many attempts. Try again in {retry_after_seconds} seconds, or ask an administrator for a link."
    nl = "Er waren te veel pogingen. Probeer het over {retry_after_seconds} seconden opnieuw, of vraag een beheerder om een link."


class CodeNotValid(NotPermitted):
    code = "code_not_valid"
    en = "This link was used already or is too old. Ask an administrator for a new one; for the first administrator run `kb init` again."
    nl = "Deze link is al gebruikt of te oud. Vraag een beheerder om een nieuwe; voor de eerste beheerder: draai `kb init` opnieuw."


class NotLetIn(NotPermitted):
    code = "not_let_in"
    en = "You are known, but none of your groups gives access here. Ask an administrator."
    nl = "U bent bekend, maar geen van uw groepen geeft hier toegang. Vraag het een beheerder."


class SignInMethodOff(NotFound):
    code = "sign_in_method_off"
    en = "This way of signing in is not set up here."
    nl = "Op deze manier aanmelden is hier niet ingesteld."


class SignInBroken(NotAuthenticated):
    code = "sign_in_broken"
    en = "Signing in at the organisation's provider did not come to an end ({reason}). Begin again."
    nl = "Het aanmelden bij de dienst van de organisatie is niet afgerond ({reason}). Begin opnieuw."


class SignInUnavailable(KennisbankError):
    code, status = "sign_in_unavailable", 503
    en = "The organisation's directory does not answer ({reason}). Try again later, or sign in with an account made here."
    nl = "De adreslijst van de organisatie antwoordt niet ({reason}). Probeer het later, of meld u aan met een account van hier."


class PersonNotFound(NotFound):
    code = "person_not_found"
    en = "There is nobody called “{person}”. `kb users list` shows the people."
    nl = "Er is niemand met de naam “{person}”. `kb users list` toont de mensen."


class GroupNotFound(NotFound):
    code = "group_not_found"
    en = "There is no group called “{group}”. `kb users groups` shows the groups."
    nl = "Er is geen groep met de naam “{group}”. `kb users groups` toont de groepen."


class TokenNotFound(NotFound):
    code = "token_not_found"
    en = "There is no token “{token}” of this person. `kb users token list` shows the tokens."
    nl = "Er is geen token “{token}” van deze persoon. `kb users token list` toont de tokens."


class WeakPassword(InvalidRequest):
    code = "weak_password"
    en = "Choose a password of {least} to 256 characters that does not contain the name you sign in with. Four words do well."
    nl = "Kies een wachtwoord van {least} tot 256 tekens waarin uw aanmeldnaam niet voorkomt. Vier woorden zijn een goed idee."


class Conflict(KennisbankError):
    code, status = "conflict", 409
    en = "This clashes with what is there already."
    nl = "Dit botst met wat er al is."


class CannotRedact(Conflict):
    code = "cannot_redact"
    en = "The file of task “{task_id}” cannot be rewritten in its format, or it is an erased file as a whole. Release or reject it."
    nl = "Het bestand van taak “{task_id}” kan niet in zijn formaat worden herschreven, of is als geheel gewist. Geef het vrij of wijs het af."


class SpaceExists(Conflict):
    code = "space_exists"
    en = "There is a space called “{space}” already."
    nl = "Er is al een ruimte met de naam “{space}”."


class LoginTaken(Conflict):
    code = "login_taken"
    en = "Somebody signs in as “{login}” already."
    nl = "Er meldt zich al iemand aan als “{login}”."


class GroupExists(Conflict):
    code = "group_exists"
    en = "There is a group called “{group}” already."
    nl = "Er is al een groep met de naam “{group}”."


class BuiltInGroup(Conflict):
    code = "built_in_group"
    en = "The group “{group}” is everybody with an account; it cannot be changed."
    nl = "De groep “{group}” is iedereen met een account; die kan niet worden gewijzigd."


class LastAdministrator(Conflict):
    code = "last_administrator"
    en = "This is the last administrator. Make another one first."
    nl = "Dit is de laatste beheerder. Maak eerst een ander beheerder."


class AdministratorFirst(Conflict):
    code = "administrator_first"
    en = "There are no accounts yet, and the first must be an administrator's: `kb users add NAME --role administrator`, or the link of `kb init`."
    nl = "Er zijn nog geen accounts, en het eerste moet van een beheerder zijn: `kb users add NAAM --role administrator`, of de link van `kb init`."


class ManagedElsewhere(Conflict):
    code = "managed_elsewhere"
    en = "The organisation's directory says this of “{login}”. Change it there."
    nl = "De adreslijst van de organisatie bepaalt dit van “{login}”. Wijzig het daar."


class SourceTaken(Conflict):
    code = "source_taken"
    en = "The space holds another document at {source}."
    nl = "De ruimte heeft op {source} al een ander document."


class FolderElsewhere(Conflict):
    code = "folder_elsewhere"
    en = (
        "The space “{space}” holds the documents of another folder called “{name}”. Give this one a name of its own with --as, "
        "or say --folder-moved if it is the same folder in a new place."
    )
    nl = (
        "De ruimte “{space}” bevat de documenten van een andere map met de naam “{name}”. Geef deze met --as een eigen naam, "
        "of zeg --folder-moved als het dezelfde map op een nieuwe plek is."
    )


class SyncFolderGone(KennisbankError):
    code, status = "folder_gone", 409
    en = "The folder “{name}” is not there; a share that is not mounted? Nothing was removed."
    nl = "De map “{name}” is er niet; is een netwerkmap niet gekoppeld? Er is niets verwijderd."


class WebNotAllowed(NotPermitted):
    code = "web_not_allowed"
    en = '“{host}” is not a site that may be read. Name it in kb.toml first: [web] allow = ["{host}"]. Nothing was sent.'
    nl = '“{host}” is geen site die gelezen mag worden. Noem hem eerst in kb.toml: [web] allow = ["{host}"]. Er is niets verstuurd.'


class WebAddressRefused(NotPermitted):
    code = "web_address_refused"
    en = (
        "“{host}” leads to {address}, which is not a public address. If that is the intranet, name its network in kb.toml: "
        '[web.allow_private] "{host}" = ["{address}/32"].'
    )
    nl = (
        "“{host}” leidt naar {address}, en dat is geen openbaar adres. Is dat het intranet, noem dan het netwerk in kb.toml: "
        '[web.allow_private] "{host}" = ["{address}/32"].'
    )


class WebPageUnavailable(KennisbankError):
    code, status = "web_page_unavailable", 502
    en = "The page could not be fetched: {reason}."
    nl = "De pagina kon niet worden opgehaald: {reason}."


class WebPageNotGiven(WebPageUnavailable):
    code = "web_page_not_given"
    en = "The site did not give the page (it answered {answered}). Check the address; a page behind a sign-in cannot be fetched."
    nl = "De site gaf de pagina niet (antwoord {answered}). Controleer het adres; een pagina achter een aanmelding is niet op te halen."


class RequestNotFound(NotFound):
    code = "request_not_found"
    en = "There is no subject request “{request}”. `kb privacy list` shows the requests."
    nl = "Er is geen verzoek “{request}”. `kb privacy list` toont de verzoeken."


class HitNotFound(NotFound):
    code = "hit_not_found"
    en = "The request has no hit or group “{hit}”. `kb privacy find` shows them."
    nl = "Het verzoek heeft geen vindplaats of groep “{hit}”. `kb privacy find` toont ze."


class InvalidIdentifier(InvalidRequest):
    code = "invalid_identifier"
    en = "This cannot be searched for as “{kind}”. A name or alias has two letters or more, an e-mail address an @ and a domain, a telephone number 6 to 17 digits; a BSN and an IBAN pass their check digits."
    nl = "Hierop kan niet worden gezocht als “{kind}”. Een naam of alias heeft ten minste twee letters, een e-mailadres een @ en een domein, een telefoonnummer 6 tot 17 cijfers; van een BSN en een IBAN kloppen de controlecijfers."


class TooManyIdentifiers(InvalidRequest):
    code = "too_many_identifiers"
    en = "A person can be searched for by at most {most} identifiers; these are {count}."
    nl = "Een persoon kan op hoogstens {most} gegevens worden gezocht; dit zijn er {count}."


class JudgementUnfounded(InvalidRequest):
    code = "judgement_unfounded"
    en = "Keeping something asks for its ground and for the day, after today, on which it is looked at again."
    nl = "Iets bewaren vraagt een grond, en een dag na vandaag waarop er opnieuw naar wordt gekeken."


class ContradictoryJudgements(Conflict):
    code = "contradictory_judgements"
    en = "The judgements contradict each other: “{hit}” is kept, and another judgement removes the same words. Change one of them."
    nl = "De oordelen spreken elkaar tegen: “{hit}” blijft bewaard, en een ander oordeel verwijdert dezelfde woorden. Wijzig er een."


class GroundUnknown(InvalidRequest):
    code = "ground_unknown"
    en = "“{ground}” is not a ground for this. One of: {grounds}."
    nl = "“{ground}” is hiervoor geen grond. Kies uit: {grounds}."


class IdentityMethodUnknown(InvalidRequest):
    code = "identity_method_unknown"
    en = "“{method}” is not a way to confirm an identity. One of: {methods}. Never ask for a copy of an identity document."
    nl = "“{method}” is geen manier om een identiteit te bevestigen. Kies uit: {methods}. Vraag nooit een kopie van een identiteitsbewijs."


class ReasonNeeded(InvalidRequest):
    code = "reason_needed"
    en = "This needs a reason in a sentence of your own: it stands in the letter. Give it with --reason."
    nl = "Hiervoor is een reden in een eigen zin nodig: die komt in de brief. Geef hem met --reason."


class StepNotPossible(Conflict):
    code = "step_not_possible"
    en = "“{step}” is not possible while the request is “{state}”. Possible now: {possible}."
    nl = "“{step}” kan niet zolang het verzoek in de stand “{state}” staat. Nu mogelijk: {possible}."


class OnLegalHold(Conflict):
    code = "on_legal_hold"
    en = "The request is under a legal hold ({ground}): nothing is touched until it is released."
    nl = "Op het verzoek rust een bewaarplicht of beslag ({ground}): er wordt niets aangeraakt tot die is opgeheven."


class ExtensionTooLate(Conflict):
    code = "extension_too_late"
    en = "The term can be extended once, and only within the first month; that ended on {until}."
    nl = "De termijn kan één keer worden verlengd, en alleen binnen de eerste maand; die eindigde op {until}."


class SecondApproverNeeded(Conflict):
    code = "second_approver_needed"
    en = "Originals will be destroyed: another person than the first must approve too."
    nl = "Er worden originelen vernietigd: ook een ander dan de eerste moet goedkeuren."


class IncompleteReview(Conflict):
    code = "incomplete_review"
    en = "{count} hits or unread originals wait for a decision. `kb privacy review` decides them, one by one or by group."
    nl = (
        "{count} vindplaatsen of ongelezen originelen wachten op een beslissing. `kb privacy review` beslist ze, één voor één of per groep."
    )


class NotCorrected(Conflict):
    code = "not_corrected"
    en = "{count} documents still say what is wrong. Add their corrected files first (same path, `kb ingest`), then execute."
    nl = "Nog niet verbeterd: {count} document(en). Voeg eerst de verbeterde bestanden toe (zelfde pad, `kb ingest`), voer dan uit."


class PersonGone(Conflict):
    code = "person_gone"
    en = "The request is closed, and what named the person has been destroyed. Give the identifiers again if you must search."
    nl = "Het verzoek is gesloten, en wat de persoon noemde is vernietigd. Geef de gegevens opnieuw op als u toch moet zoeken."


class CaseUnreadable(KennisbankError):
    code, status = "case_unreadable", 503
    en = "The file of request “{request}” cannot be opened: its key is missing or it was changed. Restore the secrets directory."
    nl = "Het dossier van verzoek “{request}” kan niet worden geopend: de sleutel ontbreekt of het is gewijzigd. Zet de sleutelmap terug."


class ErasureError(KennisbankError):
    code = "erasure_failed"
    en = "The erasure could not be carried on. What was done stays done; run it again to go on."
    nl = "De wissing kon niet doorgaan. Wat gedaan is, blijft gedaan; voer haar opnieuw uit om verder te gaan."


class PlanOutdated(ErasureError):
    code, status = "plan_outdated", 409
    en = "{places} places of this request hold other text than when they were reviewed. Nothing was touched: search and review again."
    nl = "Op {places} plaatsen van dit verzoek staat andere tekst dan bij de beoordeling. Er is niets gewijzigd: zoek en beoordeel opnieuw."


class NotEnoughDisk(ErasureError):
    code, status = "not_enough_disk", 507
    en = "Erasing needs {needed} bytes free on the disk of “{path}”; {free} are. Make room and run it again. Nothing was touched yet."
    nl = "Wissen vraagt {needed} bytes vrij op de schijf van “{path}”; er zijn er {free}. Maak ruimte en voer het opnieuw uit. Er is nog niets gewijzigd."


class JournalCopyFailed(ErasureError):
    code = "journal_copy_failed"
    en = "The erasure journal could not be copied to “{path}”. Make that destination reachable and run it again: without it a backup brings the person back."
    nl = "Het wisjournaal kon niet worden gekopieerd naar “{path}”. Maak die bestemming bereikbaar en voer het opnieuw uit: zonder komt de persoon uit een reservekopie terug."


class LedgerKeptBusy(ErasureError):
    code, status = "ledger_kept_busy", 503
    en = "The ledger could not be cleaned because somebody kept reading it for {seconds} seconds. Run the erasure again when it is quieter."
    nl = "Het grootboek kon niet worden opgeschoond omdat er {seconds} seconden lang uit werd gelezen. Voer de wissing opnieuw uit als het rustiger is."


class ResidueLeft(ErasureError):
    code = "residue_left"
    en = "{places} places still hold what was to be erased; the first is in “{path}”. No report was made. Search and review again, or remove what does not belong there, and run it again."
    nl = "Op {places} plaatsen staat nog wat gewist moest worden; de eerste is in “{path}”. Er is geen verslag gemaakt. Zoek en beoordeel opnieuw, of verwijder wat daar niet hoort, en voer het opnieuw uit."


class SealBroken(KennisbankError):
    code, status = "seal_broken", 400
    en = "The sealed file cannot be opened: it was sealed for another key or passphrase, or it was changed."
    nl = "Het verzegelde bestand kan niet worden geopend: het is verzegeld voor een andere sleutel of wachtzin, of het is gewijzigd."


class SealedForAnother(SealBroken):
    code = "sealed_for_another"
    en = "This file was sealed for another key. Give the key that it was made with."
    nl = "Dit bestand is verzegeld voor een andere sleutel. Geef de sleutel waarmee het is gemaakt."


class TooLarge(KennisbankError):
    code, status, exit_code = "too_large", 413, 2
    en = "This is {size} bytes; at most {limit} are taken. Split it, or raise the limit in kb.toml ({setting})."
    nl = "Dit is {size} bytes; er worden er hoogstens {limit} aangenomen. Splits het, of verhoog de grens in kb.toml ({setting})."


class SettingsInvalid(KennisbankError):
    code, exit_code = "settings_invalid", 2
    en = "The settings are not valid: {reason}"
    nl = "De instellingen kloppen niet: {reason}"


class DataDirectoryError(KennisbankError):
    code, status = "data_directory", 503
    en = "The data directory {path} cannot be used."
    nl = "De gegevensmap {path} kan niet worden gebruikt."


class DirectoryMissing(DataDirectoryError):
    code = "directory_missing"
    en = "There is no data directory at {path}. `kb init` makes one."
    nl = "Er is geen gegevensmap op {path}. `kb init` maakt er een."


class DirectoryLocked(DataDirectoryError):
    code = "directory_locked"
    en = "The data directory {path} is in use by process {pid}. Wait until it is done, or stop it."
    nl = "De gegevensmap {path} is in gebruik door proces {pid}. Wacht tot het klaar is, of stop het."


class DirectoryReadOnly(DataDirectoryError):
    code = "directory_read_only"
    en = "The data directory {path} cannot be written. Give this user write permission, or choose another with --data-dir."
    nl = "In de gegevensmap {path} kan niet worden geschreven. Geef deze gebruiker schrijfrecht, of kies een andere met --data-dir."


class DirectoryNewer(DataDirectoryError):
    code = "directory_newer"
    en = "The data directory {path} was written by a newer Kennisbank (schema {schema}). Install that version; nothing was changed."
    nl = "De gegevensmap {path} is geschreven door een nieuwere Kennisbank (schema {schema}). Installeer die versie; er is niets gewijzigd."


class DirectoryDamaged(DataDirectoryError):
    code = "directory_damaged"
    en = "The ledger in {path} cannot be read: it is damaged or not a Kennisbank ledger. Restore a backup; nothing was changed."
    nl = "Het grootboek in {path} is niet leesbaar: het is beschadigd of geen grootboek van Kennisbank. Zet een back-up terug; er is niets gewijzigd."


class DiskFull(DataDirectoryError):
    code, status = "disk_full", 507
    en = "The disk of {path} is full. Free some space; what was stored before is safe, and unfinished files are picked up again."
    nl = "De schijf van {path} is vol. Maak ruimte vrij; wat al was opgeslagen is veilig, en onvoltooide bestanden worden weer opgepakt."


class ExposedAddress(KennisbankError):
    code, exit_code = "exposed_address", 2
    en = (
        "Refused to listen on {host}: beyond this machine (127.0.0.1) Kennisbank serves over HTTPS alone. Give an address of this machine, "
        "and --tls-cert with --tls-key, or --tls-local for an authority of your own."
    )
    nl = (
        "Luisteren op {host} is geweigerd: buiten deze machine (127.0.0.1) gaat Kennisbank alleen over HTTPS. Geef een adres van deze machine, "
        "en --tls-cert met --tls-key, of --tls-local voor een eigen autoriteit."
    )


class ExposedWithoutAccounts(ExposedAddress):
    code = "exposed_without_accounts"
    en = "Refused to listen on {host}: there are no accounts, so anybody could read everything. Make the first administrator with the link of `kb init`."
    nl = "Luisteren op {host} is geweigerd: er zijn geen accounts, dus iedereen zou alles kunnen lezen. Maak de eerste beheerder met de link van `kb init`."


class CertificateUnusable(KennisbankError):
    code, exit_code = "certificate_unusable", 2
    en = "HTTPS cannot be served with this certificate and key ({reason}). Both are PEM files; the key has no password."
    nl = "Met dit certificaat en deze sleutel is HTTPS niet mogelijk ({reason}). Het zijn beide PEM-bestanden; de sleutel heeft geen wachtwoord."


class PortInUse(KennisbankError):
    code = "port_in_use"
    en = "Another program listens on {host}:{port} already. Stop it, or choose another port with --port."
    nl = "Op {host}:{port} luistert al een ander programma. Stop dat, of kies een andere poort met --port."


class EmbedderError(KennisbankError):
    code, status = "embedder", 503
    en = "The embedding model cannot be used."
    nl = "Het embeddingmodel kan niet worden gebruikt."


class EmbedderUnavailable(EmbedderError):
    code = "embedder_unavailable"
    en = "The embedding server at {url} does not answer. Start it, or set embedding.backend to “sentence-transformers”."
    nl = "De embeddingserver op {url} antwoordt niet. Start hem, of zet embedding.backend op “sentence-transformers”."


class EmbedderModelMissing(EmbedderError):
    code = "embedder_model_missing"
    en = "The embedding model “{model}” was not found. Give a local folder, or install or pull it first."
    nl = "Het embeddingmodel “{model}” is niet gevonden. Geef een lokale map op, of installeer of haal het eerst."


class EmbedderModelChanged(EmbedderError):
    code = "embedder_model_changed"
    en = "The packaged embedding model is not the one it should be (SHA-256 differs). Install Kennisbank again from its lock file."
    nl = "Het meegeleverde embeddingmodel is niet wat het moet zijn (SHA-256 wijkt af). Installeer Kennisbank opnieuw vanuit het lockbestand."


class EmbedderBroken(EmbedderError):
    code = "embedder_broken"
    en = "The embedding model “{model}” answered with something that is not a vector ({reason})."
    nl = "Het embeddingmodel “{model}” gaf iets terug dat geen vector is ({reason})."


class RerankerError(KennisbankError):
    code, status = "reranker", 503
    en = "The cross-encoder cannot be used."
    nl = "De cross-encoder kan niet worden gebruikt."


class RerankerModelMissing(RerankerError):
    code = "reranker_model_missing"
    en = "The cross-encoder “{model}” was not found. Give a local folder or a hub name in retrieval.cross_encoder, or leave it out."
    nl = "De cross-encoder “{model}” is niet gevonden. Geef in retrieval.cross_encoder een lokale map of hubnaam op, of laat hem weg."


class RerankerBroken(RerankerError):
    code = "reranker_broken"
    en = "The cross-encoder “{model}” is not one that gives one score per passage ({reason})."
    nl = "De cross-encoder “{model}” geeft niet één score per passage ({reason})."


class GeneratorError(KennisbankError):
    code, status = "generator", 503
    en = "The language model cannot be used."
    nl = "Het taalmodel kan niet worden gebruikt."


class GeneratorUnavailable(GeneratorError):
    code = "generator_unavailable"
    en = "The language model server at {url} does not answer. Start it (for Ollama: `ollama serve`), or set generation.backend to “extractive”."
    nl = "De taalmodelserver op {url} antwoordt niet. Start hem (voor Ollama: `ollama serve`), of zet generation.backend op “extractive”."


class GeneratorModelMissing(GeneratorError):
    code = "generator_model_missing"
    en = "The model server has no model “{model}”. It has: {available}. Pull it (`ollama pull {model}`) or change generation.model."
    nl = "De modelserver heeft geen model “{model}”. Wel: {available}. Haal het op (`ollama pull {model}`) of wijzig generation.model."


class GeneratorTimeout(GeneratorError):
    code, status = "generator_timeout", 504
    en = (
        "The language model gave nothing for {seconds} seconds. Try again; if it stays, choose a smaller model or look at the model server."
    )
    nl = "Het taalmodel gaf {seconds} seconden lang niets. Probeer het opnieuw; blijft het, kies dan een kleiner model of bekijk de modelserver."


class GeneratorInterrupted(GeneratorError):
    code, status = "generator_interrupted", 502
    en = "The language model stopped in the middle of the answer. What was proven so far is shown; ask again for the rest."
    nl = "Het taalmodel stopte midden in het antwoord. Wat tot dan bewezen was, is getoond; stel de vraag opnieuw voor de rest."


class GeneratorBroken(GeneratorError):
    code, status = "generator_broken", 502
    en = "The language model server answered with something unusable ({reason}). Look at its log."
    nl = "De taalmodelserver gaf iets onbruikbaars terug ({reason}). Bekijk het logboek ervan."


class PromptTooLong(GeneratorError):
    code, status, exit_code = "prompt_too_long", 400, 1
    en = "The question alone needs {needed} tokens; the model “{model}” reads {window}. Ask it shorter, or set a larger context_tokens."
    nl = "De vraag alleen al vraagt {needed} tokens; het model “{model}” leest er {window}. Stel hem korter, of zet context_tokens hoger."


class SearchIndexError(KennisbankError):
    code, status = "search_index", 503
    en = "The search index of a space is being rebuilt. Try again in a moment; no document is lost."
    nl = "De zoekindex van een ruimte wordt opnieuw opgebouwd. Probeer het zo weer; er is geen document verloren."


class IndexBroken(SearchIndexError):
    code = "index_broken"


class BackupError(KennisbankError):
    code = "backup"
    en = "The backup cannot be used."
    nl = "De back-up is niet bruikbaar."


class BackupUnreadable(BackupError):
    code = "backup_unreadable"
    en = "{name} is not a backup, or it is damaged or cut off. Nothing was changed; take another backup."
    nl = "{name} is geen back-up, of is beschadigd of afgebroken. Er is niets gewijzigd; neem een andere back-up."


class BackupKeyWrong(BackupError):
    code = "backup_key_wrong"
    en = "{name} was encrypted for another key. Give the recovery key that was shown when the first backup was made (--key-file)."
    nl = "{name} is versleuteld voor een andere sleutel. Geef de herstelsleutel die bij de eerste back-up is getoond (--key-file)."


class BackupKeyMissing(BackupError):
    code = "backup_key_missing"
    en = "There is no backup key in {path}. Give the recovery key that was shown when the first backup was made (--key-file)."
    nl = "In {path} staat geen back-upsleutel. Geef de herstelsleutel die bij de eerste back-up is getoond (--key-file)."


class BackupDamaged(BackupError):
    code = "backup_damaged"
    en = "{name} does not hold what its list says ({problems} parts differ or lack). Nothing was changed; take another backup."
    nl = "{name} bevat niet wat de inhoudslijst zegt ({problems} onderdelen wijken af of ontbreken). Er is niets gewijzigd; neem een andere back-up."


class RestoreNotEmpty(BackupError):
    code, status, exit_code = "restore_not_empty", 409, 2
    en = "{path} is not empty. A backup is restored into a new or empty directory only, so that nothing is overwritten."
    nl = "{path} is niet leeg. Een back-up wordt alleen in een nieuwe of lege map teruggezet, zodat er niets wordt overschreven."


class BackupNotSupported(BackupError):
    code = "backup_not_supported"
    en = "The ledger is on PostgreSQL. Back it up with pg_dump, and the originals with your own tool; `kb backup` is for SQLite."
    nl = "Het grootboek staat in PostgreSQL. Maak daarvan een back-up met pg_dump en van de originelen met uw eigen middel; `kb backup` is voor SQLite."


class BackupInside(BackupError):
    code, exit_code = "backup_inside", 2
    en = "{path} lies inside the data directory. A backup belongs elsewhere, or erasure would reach it and a broken disk take both."
    nl = "{path} ligt in de gegevensmap. Een back-up hoort elders, anders raakt wissen hem en neemt een kapotte schijf beide mee."


class RestoredWithoutJournal(BackupError):
    code, status, exit_code = "restored_without_journal", 403, 4
    en = (
        "This directory was restored without the journal of erasures, so erased people may be in it. Only the data protection officer "
        "may use it: give the journal with `kb backup accept --journal FILE`, or take responsibility with `kb backup accept --without-journal`."
    )
    nl = (
        "Deze map is teruggezet zonder het journaal van wissingen, dus er kunnen gewiste personen in staan. Alleen de functionaris "
        "gegevensbescherming mag hem gebruiken: geef het journaal met `kb backup accept --journal BESTAND`, of neem het voor uw "
        "verantwoording met `kb backup accept --without-journal`."
    )


class ScanFailed(KennisbankError):
    code = "scan_failed"
    en = "The scan for what is left could not be carried through ({reason}). Nothing is proven; run it again with `kb privacy verify`."
    nl = "De controle op wat er over is kon niet worden afgemaakt ({reason}). Er is niets bewezen; herhaal hem met `kb privacy verify`."


class ShuttingDown(KennisbankError):
    code, status = "shutting_down", 503
    en = "Kennisbank is stopping. What it had begun is finished when it is started again."
    nl = "Kennisbank stopt. Wat al begonnen was, wordt afgemaakt zodra het weer wordt gestart."


class ServerUnreachable(KennisbankError):
    code, status = "server_unreachable", 503
    en = "A Kennisbank server (process {pid}) holds this data directory but does not answer at {url}. Wait, or restart it."
    nl = "Een Kennisbank-server (proces {pid}) houdt deze gegevensmap vast maar antwoordt niet op {url}. Wacht, of herstart hem."
