/* What the pages of the book can do beside being read: quizzes answer, predictions are kept, what came out opens all at
   once, terms explain themselves. One plain script without a module, for a browser opens no module from a file. Without
   it, a page is whole: the questions stand there, what came out opens by itself, a term leads to the glossary. */

(() => {
  "use strict";

  document.documentElement.classList.add("has-script");

  // ---- what the browser keeps; it may refuse, and then nothing is kept

  const NAMES = "cnn-course:"; // what the names of all that is kept begin with

  function recall(name) {
    try {
      return localStorage.getItem(NAMES + name) ?? "";
    } catch {
      return "";
    }
  }

  /* Keep a text, or forget it if it is empty; whether that went well. */
  function keep(name, text) {
    try {
      if (text) localStorage.setItem(NAMES + name, text);
      else localStorage.removeItem(NAMES + name);
      return true;
    } catch {
      return false;
    }
  }

  function create(tag, className, words = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = words;
    return element;
  }

  const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- quizzes

  /* Whether some letters answer a question, and the HTML of its reply: as Question.reply in exercises/quiz.py. */
  function judge(letters, { right, replies }) {
    if (!letters.length) {
      return [null, right.length > 1 ? "Tick all choices that are right." : "Choose one first."];
    }
    const wrong = letters.filter((letter) => !right.includes(letter));
    if (wrong.length) return [false, replies[wrong[0]]];
    if (letters.length === right.length) return [true, letters.map((letter) => replies[letter]).join(" ")];
    return [false, "Part of it: what you ticked is right, and at least one more choice is. Tick all of them together."];
  }

  function startQuestion(form) {
    const question = { right: [...form.dataset.right], replies: JSON.parse(form.dataset.replies) };
    const reply = form.querySelector(".quiz-reply");
    form.autocomplete = "off"; // else some browsers tick the last answer again, after a reload
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const letters = findAll("input:checked", form).map(({ value }) => value).sort();
      const [isRight, sentence] = judge(letters, question);
      const words = create("span", "quiz-sentence");
      words.innerHTML = sentence;
      reply.classList.toggle("is-right", isRight === true);
      const verdict = create("strong", "quiz-verdict", isRight ? "Right" : "Not right yet");
      reply.replaceChildren(...(isRight === null ? [] : [verdict, " "]), words);
    });
    form.addEventListener("input", () => reply.replaceChildren()); // it was the reply to another answer
  }

  // ---- predictions

  function startPrediction(box) {
    const area = box.querySelector("textarea");
    const note = create("p", "prediction-note");
    note.setAttribute("role", "status");
    box.append(note);
    area.value ||= recall(area.id);
    const grow = () => {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`; // with its border
    };
    area.addEventListener("input", () => {
      grow();
      const words = keep(area.id, area.value) ? "" : "This browser doesn't keep it: leave the page, and it is gone.";
      if (note.textContent !== words) note.textContent = words;
    });
    let width = 0;
    new ResizeObserver(() => {
      if (area.clientWidth !== width) grow();
      width = area.clientWidth;
    }).observe(area);
  }

  // ---- what came out

  function startOutcomes() {
    const outcomes = findAll("details.outcome");
    const place = document.querySelector("p.outcomes");
    if (place && outcomes.length) place.append(createOpener(outcomes));
    let opened = []; // for printing
    addEventListener("beforeprint", () => {
      opened = outcomes.filter(({ open }) => !open);
      opened.forEach((outcome) => (outcome.open = true));
    });
    addEventListener("afterprint", () => opened.forEach((outcome) => (outcome.open = false)));
  }

  /* A button that opens or closes all; what it did last is kept for all lessons. */
  function createOpener(outcomes) {
    const button = create("button", "");
    let isOpen = recall("outcomes") === "open";
    const show = () => {
      button.textContent = isOpen ? "Close it all again" : "Open everything that came out";
      outcomes.forEach((outcome) => (outcome.open = isOpen));
    };
    button.type = "button";
    button.addEventListener("click", () => {
      isOpen = !isOpen;
      keep("outcomes", isOpen ? "open" : "");
      show();
    });
    show();
    return button;
  }

  // ---- terms: their definition on a card, which stays while pointer or focus do, and goes with Escape

  const PAUSE = 200; // milliseconds that a pointer rests on a term, or is away, before anything happens
  const EDGE = 8; // pixels between the card and the edges of the window
  const GAP = 4; // pixels between the card and its term

  function startTerms() {
    const terms = findAll("a.term[data-definition]");
    if (!terms.length) return;
    const [card, definition] = [create("div", "term-card"), create("span", "")];
    const more = create("a", "", "In the glossary");
    Object.assign(definition, { id: "term-definition", role: "tooltip" });
    card.append(definition, more);
    card.hidden = true;
    (document.querySelector("main, [role=main]") ?? document.body).append(card);
    let shown = null; // the term
    let waiting;

    function show(term, { byTouch = false } = {}) {
      hide();
      shown = term;
      definition.textContent = term.dataset.definition;
      more.href = term.href;
      more.hidden = !byTouch; // else the term itself is the link
      term.setAttribute("aria-describedby", definition.id);
      card.hidden = false;
      place(card, term);
    }

    function hide() {
      clearTimeout(waiting);
      shown?.removeAttribute("aria-describedby");
      shown = null;
      card.hidden = true;
    }

    const soon = (action) => {
      clearTimeout(waiting);
      waiting = setTimeout(action, PAUSE);
    };
    const isMouse = ({ pointerType }) => pointerType !== "touch";
    const hideSoon = (event) => isMouse(event) && soon(() => shown !== document.activeElement && hide());

    for (const term of terms) {
      let isTapped = false; // pressed with a finger, while its card was not to be seen
      term.addEventListener("pointerenter", (event) => isMouse(event) && soon(() => shown !== term && show(term)));
      term.addEventListener("pointerleave", hideSoon);
      term.addEventListener("focus", () => term.matches(":focus-visible") && show(term));
      term.addEventListener("blur", () => more.hidden && hide()); // a finger may be on its way to the link
      term.addEventListener("pointerdown", (event) => (isTapped = !isMouse(event) && shown !== term));
      term.addEventListener("click", (event) => {
        if (!isTapped) return;
        isTapped = false;
        event.preventDefault();
        show(term, { byTouch: true });
      });
    }
    card.addEventListener("pointerenter", () => clearTimeout(waiting));
    card.addEventListener("pointerleave", hideSoon);
    const isOutside = ({ target }) => shown && !card.contains(target) && !shown.contains(target);
    document.addEventListener("pointerdown", (event) => isOutside(event) && hide());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
    const follow = () => shown && place(card, shown);
    document.addEventListener("scroll", follow, { capture: true }); // also of a table
    addEventListener("resize", follow);
  }

  /* Put the card under a term, or above it where there is more room, and within the window. */
  function place(card, term) {
    const [box, { left }] = [term.getBoundingClientRect(), term.getClientRects()[0]]; // it may go over two lines
    const { clientWidth, clientHeight } = document.documentElement;
    const isAbove = box.bottom + card.offsetHeight > clientHeight && box.top > clientHeight - box.bottom;
    const x = Math.max(EDGE, Math.min(left, clientWidth - card.offsetWidth - EDGE));
    const y = isAbove ? box.top - card.offsetHeight - GAP : box.bottom + GAP;
    Object.assign(card.style, { left: `${x}px`, top: `${y}px` });
  }

  // ---- what is wider than the page: keys can scroll it; and on paper, only long code goes over two pages

  function startWide() {
    const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }));
    findAll("pre, .table-wrapper, div.formula").forEach((box) => observer.observe(box));
    for (const pre of findAll("pre"))
      pre.classList.toggle("is-long", pre.textContent.trimEnd().split("\n").length > 15);
  }

  // ---- the search shows the lines around what it finds, but not where pages lie in a folder: it could not read them

  if (location.protocol !== "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined")
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = true;

  function start() {
    findAll("form.quiz-question").forEach(startQuestion);
    findAll(".prediction").forEach(startPrediction);
    startOutcomes();
    startTerms();
    startWide();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
