// The chat page: sentences appear as they are proven, and a citation opens its source beside the answer.
// Every string comes from /pages/texts/<language>.json; every text from the server is set as text, never as markup.

const SECTIONS_AROUND_A_QUOTE = 120;
const HISTORY_MESSAGES = 20;

const find = (selector, within = document) => within.querySelector(selector);
const CHANGE = { "Content-Type": "application/json", "X-Page-Token": find('meta[name="page-token"]')?.content ?? "" };
const form = find("#ask");
const question = find("#question");
const conversation = find("#conversation");
const page = find(".page");
const source = find("#source");
const sourceDocument = find("#source-document");

let texts = {};
let history = [];
let conversationId = null;
let running = null;
let opener = null;

// --- texts --------------------------------------------------------------------------------------------------------------

function say(key, values = {}) {
  return (texts[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function label(within) {
  for (const element of within.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const element of within.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.matches("button")) element.title = say(element.dataset.label);
  }
  for (const element of within.querySelectorAll("[data-placeholder]")) element.placeholder = say(element.dataset.placeholder);
}

async function useLanguage(language) {
  const response = await fetch(`/pages/texts/${language}.json`);
  if (!response.ok) return;
  texts = await response.json();
  document.documentElement.lang = language;
}

async function switchLanguage(event) {
  event.preventDefault();
  const link = event.currentTarget;
  document.cookie = `kb_lang=${link.lang}; path=/; max-age=31536000; samesite=strict`;
  await useLanguage(link.lang);
  label(document);
  for (const other of document.querySelectorAll(".languages a")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

// --- the stream ---------------------------------------------------------------------------------------------------------

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (waiting + value).split("\n\n");
    waiting = frames.pop();
    for (const frame of frames) {
      const data = frame.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
      if (data.length) yield JSON.parse(data.join("\n"));
    }
  }
}

// --- asking -------------------------------------------------------------------------------------------------------------

async function ask(text) {
  const turn = newTurn(text);
  const stopping = new AbortController();
  running = stopping;
  showRunning(true);
  setState(turn, "state.searching");
  const body = { question: text, space: find("#space")?.value || null, history: history.slice(-HISTORY_MESSAGES), conversation_id: conversationId };
  try {
    const response = await fetch("/v1/ask", {
      method: "POST",
      headers: { ...CHANGE, Accept: "text/event-stream" },
      body: JSON.stringify(body),
      signal: stopping.signal,
    });
    if (!response.ok) showProblem(turn, await response.json());
    else await follow(turn, response);
  } catch (error) {
    if (stopping.signal.aborted) setState(turn, find(".sentences", turn).textContent ? "state.stopped" : "state.stopped_empty", false);
    else showProblem(turn, { detail: say("error.network") });
  } finally {
    if (running === stopping) {
      running = null;
      showRunning(false);
    }
  }
}

async function follow(turn, response) {
  for await (const event of events(response)) {
    if (event.type === "retrieved") setState(turn, "state.checking");
    else if (event.type === "sentence") showSentence(turn, event);
    else if (event.type === "error") return showProblem(turn, event);
    else if (event.type === "done") return showDone(turn, event.answer);
  }
  showProblem(turn, { detail: say("error.interrupted") });
}

function newTurn(text) {
  find("#intro").hidden = true;
  const turn = find("#turn").content.firstElementChild.cloneNode(true);
  label(turn);
  find(".asked p", turn).textContent = text;
  turn.citations = new Map();
  conversation.append(turn);
  turn.scrollIntoView({ block: "start", behavior: "smooth" });
  return turn;
}

function setState(turn, key, busy = true) {
  const state = find(".state", turn);
  if (key) state.dataset.text = key;
  else delete state.dataset.text;
  state.textContent = key ? say(key) : "";
  state.classList.toggle("busy", Boolean(key) && busy);
}

function showRunning(now) {
  find("#send").hidden = now;
  find("#stop").hidden = !now;
}

function showProblem(turn, problem) {
  setState(turn, null);
  const box = find(".problem", turn);
  box.textContent = problem.detail;
  if (problem.request_id) {
    const id = document.createElement("small");
    id.textContent = say("error.request", { id: problem.request_id });
    box.append(id);
  }
  box.hidden = false;
}

// --- an answer ----------------------------------------------------------------------------------------------------------

function placeOf(item) {
  const parts = [item.document_title || item.document_id];
  if (item.page != null) parts.push(say("source.page", { page: item.page }));
  if (item.section) parts.push(item.section);
  return parts.join(", ");
}

function showSentence(turn, { sentence, citations }) {
  for (const citation of citations) turn.citations.set(citation.n, citation);
  const sentences = find(".sentences", turn);
  sentences.append(sentence.text);
  for (const n of sentence.citations) sentences.append(" ", sourceLink(turn.citations.get(n), "cite", String(n)));
  sentences.append(" ");
}

function sourceLink(target, className, text) {
  const link = document.createElement("a");
  link.className = className;
  link.textContent = text;
  link.href = sourceAddress(target);
  if (target.n) link.setAttribute("aria-label", say("source.number", { n: target.n, place: placeOf(target) }));
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", "source");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openSource(target, link);
  });
  return link;
}

function sourceAddress(target) {
  const address = `/documents/${encodeURIComponent(target.document_id)}`;
  return target.quote ? `${address}?version=${target.version}&start=${target.quote_start}&end=${target.quote_end}#quote` : address;
}

function showDone(turn, answer) {
  conversationId = answer.conversation_id ?? conversationId;
  history.push({ role: "user", text: answer.question }, { role: "assistant", text: answer.text });
  setState(turn, null);
  const sentences = find(".sentences", turn);
  sentences.lang = answer.language;
  if (!answer.sentences.length) sentences.textContent = answer.text;
  find(".verdict", turn).hidden = answer.outcome !== "not_in_documents";
  showNotices(turn, answer);
  if (answer.citations.length) showSources(turn, "sources", answer.citations, answer.language);
  else showSources(turn, "nearest", onceEach(answer.passages), answer.language);
  listenToFeedback(find(".feedback", turn), answer.answer_id);
  find(".after", turn).hidden = false;
}

function showNotices(turn, answer) {
  const list = find(".notices", turn);
  const add = (key, text) => {
    if (!text) return;
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  };
  for (const notice of answer.notices) add(notice, say(`notice.${notice}`));
  if (answer.dropped_sentences === 1) add("dropped", say("dropped.one"));
  if (answer.dropped_sentences > 1) add("dropped", say("dropped.many", { count: answer.dropped_sentences }));
}

function showSources(turn, heading, targets, language) {
  const title = find("h4", turn);
  title.dataset.text = heading;
  title.textContent = targets.length ? say(heading) : "";
  for (const target of targets) {
    const item = document.createElement("li");
    const link = sourceLink(target, "", placeOf(target));
    if (target.n) {
      const number = document.createElement("span");
      number.className = "number";
      number.textContent = target.n;
      link.prepend(number, " ");
    }
    item.append(link);
    if (target.quote) {
      const quote = document.createElement("q");
      quote.lang = language;
      quote.textContent = target.quote;
      item.append(quote);
    }
    find(".sources", turn).append(item);
  }
}

function onceEach(passages) {
  const seen = new Map();
  for (const passage of passages) {
    const key = JSON.stringify([passage.document_id, passage.section, passage.page]);
    if (!seen.has(key)) seen.set(key, passage);
  }
  return [...seen.values()];
}

function listenToFeedback(feedback, answerId) {
  const reason = find(".reason", feedback);
  const thanks = find(".thanks", feedback);
  const send = async (vote) => {
    const response = await fetch(`/v1/answers/${encodeURIComponent(answerId)}/feedback`, {
      method: "POST",
      headers: CHANGE,
      body: JSON.stringify({ vote, reason: vote === "down" ? find("input", reason).value || null : null }),
    }).catch(() => null);
    if (response?.ok) thanks.textContent = say("feedback.thanks");
    else thanks.textContent = response ? (await response.json()).detail : say("error.network");
    return response?.ok;
  };
  for (const thumb of feedback.querySelectorAll(".thumb")) {
    thumb.addEventListener("click", async () => {
      if (!(await send(thumb.value))) return;
      for (const other of feedback.querySelectorAll(".thumb")) other.setAttribute("aria-pressed", String(other === thumb));
      reason.hidden = thumb.value !== "down";
      if (!reason.hidden) feedback.scrollIntoView({ block: "nearest" });
    });
  }
  feedback.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await send("down")) reason.hidden = true;
  });
}

// --- a source -----------------------------------------------------------------------------------------------------------

async function openSource(target, link) {
  closeSource(false);
  opener = link;
  link.setAttribute("aria-expanded", "true");
  find("#source-title").textContent = target.document_title;
  find("#source-where").textContent = "";
  find("#source-window").href = sourceAddress(target);
  sourceDocument.textContent = say("source.loading");
  page.classList.add("beside");
  if (matchMedia("(min-width: 64rem)").matches) source.show();
  else source.showModal();
  find("#source-title").focus({ preventScroll: true });
  const version = target.version ? `?version=${target.version}` : "";
  const response = await fetch(`/v1/documents/${encodeURIComponent(target.document_id)}/text${version}`).catch(() => null);
  if (opener !== link) return;
  if (!response?.ok) {
    sourceDocument.textContent = response ? (await response.json()).detail : say("error.network");
    return;
  }
  const read = await response.json();
  find("#source-title").textContent = read.document.title;
  const where = [read.document.source, say("source.version", { version: read.version })];
  if (target.page != null) where.push(say("source.page", { page: target.page }));
  find("#source-where").textContent = where.join(" · ");
  showDocument(read, target);
}

function showDocument(read, target) {
  const sections = read.sections;
  let at = sections.findIndex((section) => (target.quote ? section.end > target.quote_start : isPlace(section, target)));
  if (at < 0) at = sections.findIndex((section) => target.page != null && section.page === target.page);
  const first = Math.max(0, at - SECTIONS_AROUND_A_QUOTE);
  const last = Math.min(sections.length, Math.max(at, 0) + SECTIONS_AROUND_A_QUOTE);
  fillDocument(sections, target, at, first, last);
  if (first > 0 || last < sections.length) {
    const all = document.createElement("button");
    all.type = "button";
    all.className = "button quiet";
    all.dataset.text = "source.all";
    all.textContent = say("source.all");
    all.addEventListener("click", () => fillDocument(sections, target, at, 0, sections.length));
    sourceDocument.append(all);
  }
}

function isPlace(section, target) {
  const samePage = target.page == null || section.page === target.page;
  return samePage && ["heading", "title"].includes(section.kind) && Boolean(target.section?.endsWith(section.text));
}

function fillDocument(sections, target, at, first, last) {
  sourceDocument.replaceChildren();
  let shownPage = null;
  sections.slice(first, last).forEach((section, place) => {
    if (section.page != null && section.page !== shownPage) {
      shownPage = section.page;
      const number = document.createElement("p");
      number.className = "page-number";
      number.textContent = say("source.page", { page: section.page });
      sourceDocument.append(number);
    }
    const line = document.createElement("p");
    line.className = section.kind;
    line.append(...markedText(section, target));
    if (!target.quote && at >= 0 && first + place === at) line.classList.add("here");
    sourceDocument.append(line);
  });
  find("mark, .here", sourceDocument)?.scrollIntoView({ block: "center" });
}

// Offsets are code points; a JavaScript string counts UTF-16 units.
function markedText(section, target) {
  if (!target.quote || section.end <= target.quote_start || section.start >= target.quote_end) return [section.text];
  const points = Array.from(section.text);
  const from = Math.max(0, target.quote_start - section.start);
  const to = Math.min(points.length, target.quote_end - section.start);
  const mark = document.createElement("mark");
  mark.textContent = points.slice(from, to).join("");
  return [points.slice(0, from).join(""), mark, points.slice(to).join("")];
}

function closeSource(giveFocusBack = true) {
  if (!opener) return;
  const link = opener;
  opener = null;
  link.setAttribute("aria-expanded", "false");
  source.close();
  page.classList.remove("beside");
  if (giveFocusBack) link.focus();
}

// --- the page -----------------------------------------------------------------------------------------------------------

function startAnew(event) {
  event.preventDefault();
  running?.abort();
  closeSource(false);
  history = [];
  conversationId = null;
  conversation.replaceChildren();
  find("#intro").hidden = false;
  question.value = "";
  question.focus();
}

await useLanguage(document.documentElement.lang);
find("#hint").hidden = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || running) return;
  question.value = "";
  ask(text);
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
find("#stop").addEventListener("click", () => {
  running?.abort();
  question.focus();
});
find("#new").addEventListener("click", startAnew);
find("#source-close").addEventListener("click", () => closeSource());
source.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeSource();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opener) closeSource();
});
for (const link of document.querySelectorAll(".languages a")) link.addEventListener("click", switchLanguage);
document.documentElement.dataset.ready = "true";
