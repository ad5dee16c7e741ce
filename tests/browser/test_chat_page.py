"""The chat page in a real browser: what a person sees and does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from api.memory_operations import MemoryKennisbank, MemoryStore
from kb.authorise import OWNER
from kb.errors import GeneratorTimeout
from kb.ports import Cancellation
from kb.settings import Settings
from tests.service import LEAVE_QUESTION, STRANGE_QUESTION, serving, with_leave_rules

FIRST = "Het ouderschapsverlof 🙂 duurt 26 weken."
SECOND = "Van het ouderschapsverlof worden negen weken doorbetaald."


@dataclass
class Opened:
    """The page, the Kennisbank behind it, and what the browser complained of."""

    page: Page
    kennisbank: MemoryKennisbank
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str = LEAVE_QUESTION) -> None:
        self.page.get_by_role("textbox", name="vraag").fill(question)
        self.page.keyboard.press("Enter")

    def answered(self, turn: int = 1) -> None:
        expect(self.page.locator(f".turn:nth-child({turn}) .after")).to_be_visible()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, MemoryKennisbank]]:
    kennisbank = MemoryKennisbank(Settings(organisation="De Linde", purpose="Vragen over de regels van de school."))
    with serving(kennisbank) as url:
        yield url, kennisbank


Open = Callable[..., Opened]


@pytest.fixture
def open_page(chromium: Browser, served: tuple[str, MemoryKennisbank]) -> Iterator[Open]:
    """Open the page, in a browser of one's own; what it complained of fails the test."""
    url, kennisbank = served
    kennisbank.store = MemoryStore()
    with_leave_rules(kennisbank)
    opened: list[Opened] = []

    def open_it(width: int = 1280, height: int = 800, scripts: bool = True, locale: str = "nl-NL", scheme: str = "light") -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            locale=locale,
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        one = Opened(page, kennisbank)
        page.on("console", lambda message: one.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        page.on("request", lambda request: one.complaints.append(request.url) if not request.url.startswith(url) else None)
        page.goto(url)
        if scripts:
            page.wait_for_selector("html[data-ready]")
        opened.append(one)
        return one

    yield open_it
    for one in opened:
        one.page.context.close()
        assert one.complaints == []


def test_sentences_appear_one_by_one_and_each_has_its_number(open_page: Open) -> None:
    opened = open_page()
    go_on = threading.Event()

    def hold_the_second(number: int, cancellation: Cancellation) -> None:
        if number == 2:
            go_on.wait(20)

    opened.kennisbank.store.before_sentence = hold_the_second
    opened.ask()

    sentences = opened.page.locator(".sentences").first
    expect(sentences).to_contain_text(f"{FIRST} 1")
    expect(sentences).not_to_contain_text(SECOND)
    expect(opened.page.locator(".state")).to_have_text("Schrijft en controleert elke zin …")
    go_on.set()
    expect(sentences).to_contain_text(f"{FIRST} 1 {SECOND} 2")
    opened.answered()
    expect(opened.page.locator(".state")).to_have_text("")
    expect(opened.page.get_by_role("log", name="Gesprek")).to_have_attribute("aria-live", "polite")


def test_a_citation_opens_the_source_beside_the_answer_at_the_quote(open_page: Open) -> None:
    opened = open_page()
    opened.ask()
    opened.answered()

    opened.page.get_by_role("link", name="Bron 1: Verlofregeling, p. 2, Ouderschapsverlof").first.click()

    mark = opened.page.locator("#source mark")
    expect(mark).to_have_text(FIRST)
    expect(mark).to_be_in_viewport()
    expect(opened.page.locator("#source-where")).to_have_text("personeel/verlof.txt · versie 1 · p. 2")
    expect(opened.page.locator(".turn .sentences")).to_be_in_viewport()
    expect(opened.page.locator("#source-title")).to_be_focused()
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator("#source")).to_be_hidden()
    expect(opened.page.locator(".cite").first).to_be_focused()


def test_everything_works_by_keyboard_and_the_focus_shows(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    page.keyboard.press("Tab")
    expect(page.get_by_text("Naar de vraag")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.locator("#question").focus()
    page.keyboard.type(LEAVE_QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Enter")
    opened.answered()
    assert opened.kennisbank.store.asked[-1][0] == LEAVE_QUESTION
    page.locator(".cite").first.focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    expect(page.locator("#source mark")).to_be_visible()
    page.keyboard.press("Escape")

    assert outline == "solid"


def test_what_is_not_in_the_documents_is_said_and_what_came_nearest_can_be_opened(open_page: Open) -> None:
    opened = open_page()
    opened.ask(STRANGE_QUESTION)
    opened.answered()
    expect(opened.page.locator(".verdict").first).to_have_text("Niet in de documenten")

    opened.ask("Mag elke pinguïn mee naar Parijs?")
    opened.answered(2)

    opened.page.get_by_role("link", name="Verlofregeling, p. 1, Vakantie").click()
    expect(opened.page.locator("#source .here")).to_have_text("Vakantie")


def test_a_thumb_is_recorded_and_a_thumb_down_may_say_why(open_page: Open) -> None:
    opened = open_page()
    opened.ask()
    opened.answered()
    page = opened.page

    page.get_by_role("button", name="Ja, dit hielp").click()
    expect(page.get_by_role("button", name="Ja, dit hielp")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Nee, dit hielp niet").click()
    page.get_by_label("Wat klopte er niet?").fill("verouderd")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_label("Wat klopte er niet?")).to_be_hidden()

    assert opened.kennisbank.store.feedback == {"answer-1": ("down", "verouderd")}


def test_a_follow_up_carries_the_conversation_and_a_new_one_forgets_it(open_page: Open) -> None:
    opened = open_page()
    opened.ask()
    opened.answered()
    opened.ask("Hoeveel weken ouderschapsverlof worden doorbetaald?")
    opened.answered(2)
    _, history, _ = opened.kennisbank.store.asked[-1]
    assert [turn.role for turn in history] == ["user", "assistant"]

    opened.page.get_by_role("link", name="Nieuw gesprek").click()

    expect(opened.page.locator("#conversation .turn")).to_have_count(0)
    expect(opened.page.locator("#question")).to_be_focused()
    opened.ask()
    opened.answered()
    assert opened.kennisbank.store.asked[-1][1] == ()
    conversations = [answer.conversation_id for answer in opened.kennisbank.store.answers.values()]
    assert conversations[0] == conversations[1] != conversations[2]


def test_stop_stops_the_answer_and_keeps_what_was_proven(open_page: Open) -> None:
    opened = open_page()
    stopped = threading.Event()

    def hold_the_second(number: int, cancellation: Cancellation) -> None:
        if number == 2 and cancellation.event.wait(20):
            stopped.set()

    opened.kennisbank.store.before_sentence = hold_the_second
    opened.ask()
    expect(opened.page.locator(".sentences").first).to_contain_text(FIRST)

    opened.page.get_by_role("button", name="Stop").click()

    expect(opened.page.locator(".state")).to_contain_text("Gestopt.")
    expect(opened.page.get_by_role("button", name="Vraag")).to_be_visible()
    assert stopped.wait(20)


def test_what_goes_wrong_is_said_with_the_requests_id(open_page: Open) -> None:
    opened = open_page()

    def time_out(number: int, cancellation: Cancellation) -> None:
        raise GeneratorTimeout(seconds=60)

    opened.kennisbank.store.before_sentence = time_out
    opened.ask()

    problem = opened.page.locator("#conversation .problem")
    expect(problem).to_contain_text("Het taalmodel gaf 60 seconden lang niets.")
    expect(problem).to_contain_text("Verzoek ")


def test_the_language_switches_without_losing_the_conversation(open_page: Open) -> None:
    opened = open_page(locale="en-GB")
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask a question about our documents")
    expect(page.locator(".ai")).to_contain_text("AI system")
    page.get_by_role("link", name="NL").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stel een vraag over onze documenten")
    expect(page.locator(".ai")).to_contain_text("AI-systeem")
    opened.ask()
    opened.answered()
    page.get_by_role("link", name="EN", exact=True).click()

    expect(page.locator(".after h4")).to_have_text("Sources")
    expect(page.locator(".sentences").first).to_contain_text(FIRST)
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_choice_of_space_is_there_when_there_is_one_to_choose(open_page: Open, served: tuple[str, MemoryKennisbank]) -> None:
    opened = open_page()
    expect(opened.page.get_by_label("Zoeken in")).to_have_count(0)
    served[1].operations(OWNER).add_space("directie")
    opened.page.reload()
    opened.page.wait_for_selector("html[data-ready]")

    opened.page.get_by_label("Zoeken in").select_option("directie")
    opened.ask()
    opened.answered()

    assert opened.kennisbank.store.asked[-1][2] == "directie"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_sticks_out_and_the_source_covers_the_page(open_page: Open, scheme: str) -> None:
    opened = open_page(width=390, height=780, scheme=scheme)
    opened.ask()
    opened.answered()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390

    opened.page.locator(".cite").first.click()

    expect(opened.page.locator("#source mark")).to_be_in_viewport()
    assert opened.page.locator("#source").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 780}
    opened.page.get_by_role("button", name="Sluiten").click()
    expect(opened.page.locator("#source")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page: Open, scheme: str) -> None:
    opened = open_page(scheme=scheme)
    opened.ask()
    opened.answered()

    ratios = opened.page.evaluate(CONTRAST)

    assert {selector: ratio for selector, ratio in ratios.items() if ratio < 4.5} == {}


CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = {};
  const shown = [".asked p", ".sentences", ".cite", ".notices li", ".sources a", ".sources q", ".ai", ".hint", "#send", "#new", ".brand a"];
  for (const selector of shown) {
    const element = document.querySelector(`main ${selector}, header ${selector}`);
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    found[selector] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""


def test_without_scripts_a_question_is_answered_and_its_source_opens_as_a_page(open_page: Open) -> None:
    opened = open_page(scripts=False)
    page = opened.page
    page.locator("#question").fill(LEAVE_QUESTION)
    page.get_by_role("button", name="Vraag").click()
    expect(page.locator(".sentences").first).to_contain_text(f"{FIRST} 1")

    page.locator(".cite").first.click()

    expect(page.locator("mark#quote")).to_have_text(FIRST)
    expect(page.locator("mark#quote")).to_be_in_viewport()
