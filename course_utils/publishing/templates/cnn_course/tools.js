/* What a teacher does with a deck in front of a class: a timer on each slide that has data-minutes (T), the clock of
   the plan, from the data-timing of all slides (C), and a pen (W). Below these, what makes a deck reachable: what a
   screen reader is told of a slide, and a layout to read on a phone or enlarged. It needs no library but reveal.js. */
{
  const fill = (text, value) => text.replace(/\{\w+\}/, value); // the words are those of index.html.j2
  const minutes = (n) => fill(n === 1 ? WORDS.minute : WORDS.minutes, n);
  const reveal = document.querySelector(".reveal");
  const make = (tag, className, text = "", place = reveal) => {
    const element = Object.assign(document.createElement(tag), { className, textContent: text });
    if (tag === "button") element.type = "button";
    place.append(element);
    return element;
  };
  const mmss = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const keys = { T: [84, "timer"], C: [67, "clock"], W: [87, "pen"] };

  function startTools() {
    const voice = make("div", "tools-voice"); // reveal.js's own tells of the slide, this one of the tools
    voice.setAttribute("role", "status");
    const say = (text) => (voice.textContent = text);
    const foot = make("div", "tools-foot");
    const { T, ShiftT, tick: tickTimer } = addTimers(say, foot);
    const { C, ShiftC, tick: tickClock } = addClock(foot);
    const does = { T, ShiftT, C, ShiftC, W: addPen(say) };
    for (const [key, [keyCode, name]] of Object.entries(keys))
      Reveal.addKeyBinding({ keyCode, key, description: WORDS[name] }, () => isReading() || does[key]());
    // With Shift, reveal.js gives no key to a binding; what widgets keep for themselves does not come up to here.
    for (const name of ["timer", "clock"])
      Reveal.registerKeyboardShortcut(`Shift ${name === "timer" ? "T" : "C"}`, WORDS[`${name}Reset`]);
    document.addEventListener("keydown", ({ key, shiftKey, ctrlKey, metaKey, altKey, target }) => {
      const isElse = ctrlKey || metaKey || altKey || target.matches("input, textarea, [contenteditable]");
      if (shiftKey && !isElse && !isReading()) does[`Shift${key.toUpperCase()}`]?.();
    });
    const tick = () => (tickTimer(), tickClock());
    setInterval(tick, 250);
    Reveal.on("slidechanged", tick);
  }

  /* ---- A timer on each slide with minutes; one runs at a time, and goes on when one turns the page ---- */
  function addTimers(say, foot) {
    const timers = new Map();
    let last; // the one that was started last, which the chip shows on other slides
    for (const slide of Reveal.getSlides().filter((each) => Number(each.dataset.minutes) > 0))
      timers.set(slide, createTimer(slide));
    const chip = make("button", "tools-chip", "", foot);
    chip.onclick = () => {
      const { h, v } = Reveal.getIndices(last.slide);
      Reveal.slide(h, v);
    };

    function createTimer(slide) {
      const timer = { slide, total: Math.round(slide.dataset.minutes * 60), before: 0, since: null, told: null };
      const head = document.createElement("div"); // what heads the slide, and the timer beside it
      const first = slide.querySelector(":scope > :is(.kicker, h1, h2, h3)");
      (first ?? slide.firstElementChild).before(head);
      head.className = "timed";
      const heads = make("div", "timed-heads", "", head);
      while (head.nextElementSibling?.matches(".kicker, h1, h2, h3")) heads.append(head.nextElementSibling);
      const box = make("div", "timer", "", head);
      timer.box = box;
      timer.digits = make("span", "timer-digits", "", box);
      timer.digits.setAttribute("role", "timer");
      timer.digits.setAttribute("aria-label", WORDS.time);
      timer.bar = make("span", "timer-bar", "", box);
      timer.over = make("span", "timer-over", WORDS.over, box);
      const row = make("div", "timer-row", "", box);
      timer.button = make("button", "", "", row);
      timer.button.onclick = () => toggle(timer);
      timer.reset = make("button", "", WORDS.reset, row);
      timer.reset.onclick = () => reset(timer);
      for (const button of row.children) keepKeys(button);
      return timer;
    }

    const spent = ({ before, since }) => Math.floor((before + (since === null ? 0 : Date.now() - since)) / 1000);
    function pause(timer) {
      if (timer?.since) Object.assign(timer, { before: timer.before + Date.now() - timer.since, since: null });
    }
    function toggle(timer) {
      if (timer.since) pause(timer);
      else {
        pause(last);
        last = timer;
        timer.since = Date.now();
      }
      tick();
    }
    function reset(timer) {
      Object.assign(timer, { before: 0, since: null, told: null });
      if (timer.box.contains(document.activeElement)) timer.button.focus(); // the other button goes away
      tick();
    }
    const shown = (timer) => {
      const left = timer.total - spent(timer);
      return left > 0 ? mmss(left) : `+${mmss(-left)}`;
    };
    function tick() {
      for (const timer of timers.values()) {
        const left = timer.total - spent(timer), isOver = left <= 0, isNew = !timer.since && !timer.before;
        timer.box.dataset.state = isNew ? "new" : isOver ? "over" : "on";
        timer.digits.textContent = shown(timer);
        timer.bar.style.setProperty("--left", Math.max(0, left / timer.total));
        const start = fill(WORDS.start, minutes(timer.total / 60));
        timer.button.textContent = isNew ? start : timer.since ? WORDS.pause : WORDS.goOn;
        timer.reset.hidden = isNew || Boolean(timer.since);
        const minute = Math.max(0, Math.ceil(left / 60));
        if (timer.since && timer.told !== minute) { // to be heard once a minute, and at the end
          timer.told = minute;
          say(isOver ? WORDS.over : fill(WORDS.left, minutes(minute)));
        }
      }
      const isElsewhere = last && last.slide !== Reveal.getCurrentSlide() && (last.since || last.before);
      chip.hidden = !isElsewhere;
      if (isElsewhere) chip.textContent = fill(WORDS.back, shown(last));
    }
    tick();
    const chosen = (action) => () => {
      const timer = timers.get(Reveal.getCurrentSlide()) ?? (last?.since || last?.before ? last : null);
      if (timer) action(timer);
    };
    return { T: chosen(toggle), ShiftT: chosen(reset), tick };
  }

  /* A button keeps Space and Enter, of which reveal.js would take the first to turn the page. */
  function keepKeys(button) {
    button.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && event.stopPropagation());
  }

  /* ---- How the lesson is doing beside its plan, in a line at the foot ---- */
  function addClock(foot) {
    const line = make("span", "tools-clock", "", foot);
    line.hidden = true;
    let since = null, before = 0; // what the plan has before the slide where the clock began
    const start = () => (since ??= Date.now());
    Reveal.on("slidechanged", start);
    const planned = (slides) => slides.reduce((sum, slide) => sum + (Number(slide.dataset.timing) || 0), 0);
    const inMinutes = (seconds) => Math.round(seconds / 60);
    function tick() {
      if (line.hidden) return;
      const slides = Reveal.getSlides(), slide = Reveal.getCurrentSlide(), index = slides.indexOf(slide);
      const spent = Math.floor((Date.now() - since) / 1000), plan = planned(slides.slice(0, index)) - before;
      const early = inMinutes(plan - spent), late = inMinutes(spent - plan - planned([slide]));
      const pace = early > 0 ? fill(WORDS.ahead, early) : late > 0 ? fill(WORDS.behind, late) : WORDS.onTime;
      const section = slides.filter((each) => each.parentElement === slide.parentElement); // of a stack
      const inStack = slide.parentElement.matches("section");
      line.textContent = [
        mmss(spent), fill(WORDS.plan, mmss(plan)), pace,
        ...(inStack ? [fill(WORDS.section, inMinutes(planned(section)))] : []),
        fill(WORDS.toGo, inMinutes(planned(slides.slice(index)))),
      ].join(" · ");
    }
    return {
      C: () => {
        start();
        line.hidden = !line.hidden;
        tick();
      },
      ShiftC: () => {
        since = Date.now();
        before = planned(Reveal.getSlides().slice(0, Reveal.getSlides().indexOf(Reveal.getCurrentSlide())));
        tick();
      },
      tick,
    };
  }

  /* ---- A pen. Each slide keeps its drawing as a layer of 1280 by 720, stretched with the slide when it is 4:3 ---- */
  function addPen(say) {
    const svg = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
    const layers = new Map(), strokes = new Map(); // by slide; by pointer, for two may write at a time
    let ink = 0; // 3 erases
    const bar = make("div", "pen-bar");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", WORDS.tools);
    const tools = [...WORDS.inks, WORDS.erase].map((name, number) => {
      const button = make("button", `pen-ink ink-${number}`, name, bar);
      button.onclick = () => choose(number);
      return button;
    });
    const undo = () => current().replaceChildren(...(history().pop() ?? current().children));
    const clear = () => {
      remember();
      current().replaceChildren();
    };
    for (const [name, action] of [[WORDS.undo, undo], [WORDS.clear, clear], [WORDS.done, () => toggle(false)]])
      make("button", "", name, bar).onclick = action;
    for (const button of bar.children) keepKeys(button);
    make("button", "pen-open", WORDS.write).onclick = () => toggle(true); // where fingers are all there is

    const isOn = () => reveal.classList.contains("pen-on");
    const current = () => layer(Reveal.getCurrentSlide());
    const history = () => layers.get(Reveal.getCurrentSlide()).history;
    const remember = () => history().push([...current().children]);
    function choose(number) {
      ink = number;
      tools.forEach((button, each) => button.setAttribute("aria-pressed", each === ink));
    }
    function toggle(on = !isOn()) {
      reveal.classList.toggle("pen-on", on);
      if (!on && bar.contains(document.activeElement)) document.activeElement.blur();
      if (on) current();
      say(on ? WORDS.penIsOn : WORDS.penIsOff);
    }
    function layer(slide) {
      if (layers.has(slide)) return layers.get(slide).drawing;
      const drawing = svg("svg");
      drawing.setAttribute("class", "pen-layer");
      for (const [name, value] of Object.entries({ viewBox: "0 0 1280 720", preserveAspectRatio: "none" }))
        drawing.setAttribute(name, value);
      drawing.setAttribute("aria-hidden", "true");
      drawing.dataset.preventSwipe = "";
      layers.set(slide, { drawing, history: [] });
      slide.append(drawing);
      drawing.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 && event.button !== 5) return; // 5 is the eraser's end of a pen
        event.preventDefault();
        drawing.setPointerCapture(event.pointerId);
        remember();
        const stroke = ink === 3 || event.button === 5 ? null : drawing.appendChild(svg("path"));
        stroke?.setAttribute("class", `ink-${ink}`);
        strokes.set(event.pointerId, stroke);
        draw(event);
      });
      drawing.addEventListener("pointermove", (event) => {
        const all = event.getCoalescedEvents?.() ?? [];
        if (strokes.has(event.pointerId)) (all.length ? all : [event]).forEach(draw);
      });
      for (const name of ["pointerup", "pointercancel"])
        drawing.addEventListener(name, (event) => strokes.delete(event.pointerId));
      return drawing;
    }
    function draw({ clientX, clientY, pointerId }) {
      const stroke = strokes.get(pointerId), box = current().getBoundingClientRect();
      const x = ((clientX - box.left) / box.width) * 1280, y = ((clientY - box.top) / box.height) * 720;
      const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
      if (stroke) stroke.setAttribute("d", `${stroke.getAttribute("d") ?? `M${point}`}L${point}`);
      else for (const [right, down] of [[0, 0], [9, 0], [-9, 0], [0, 9], [0, -9]]) { // as wide as a rubber
        const found = document.elementsFromPoint(clientX + right, clientY + down);
        found.find((each) => each.matches(".pen-layer path"))?.remove();
      }
    }
    choose(0);
    Reveal.on("slidechanged", () => isOn() && current());
    document.addEventListener("keydown", (event) => { // before reveal.js, to which Escape is the overview
      const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
      if (!isOn() || !(event.key === "Escape" || isUndo)) return;
      event.preventDefault();
      event.stopPropagation();
      (isUndo ? undo : toggle)(isUndo ? undefined : false);
    }, { capture: true });
    return () => toggle();
  }

  /* ---- What a screen reader is told of a slide: also what pictures show, and nothing that is to come ---- */
  function* tell(node) {
    const isCode = node.parentElement.closest("pre"); // in which a new line is one
    if (node.nodeType === Node.TEXT_NODE) yield isCode ? node.data : node.data.replace(/\s+/g, " ");
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const style = getComputedStyle(node), label = node.getAttribute("alt") ?? node.getAttribute("aria-label");
    const isHidden = style.display === "none" || style.visibility === "hidden"; // as a fragment that is to come
    if (isHidden || node.matches("[aria-hidden=true], .timer, select, button, details, [role=status]")) return;
    if (label && node.matches("img, svg, [role=img]")) yield ` ${label} `;
    else for (const child of node.childNodes) yield* tell(child);
    if (!style.display.startsWith("inline")) yield "\n";
  }
  function tellSlides() {
    const status = reveal.querySelector(".aria-status");
    let come = null; // a fragment of which reveal.js has just spoken
    Reveal.on("fragmentshown", ({ fragment }) => (come = fragment));
    // reveal.js writes what it finds of a fragment or, a frame later, of all of a slide. This takes its place at once.
    const watch = new MutationObserver(write);
    function write() {
      const lines = [...tell(come ?? Reveal.getCurrentSlide())].join("").split("\n").map((line) => line.trim());
      come = null;
      status.replaceChildren();
      for (const line of lines.filter(Boolean)) make("p", "", line, status);
      watch.takeRecords();
    }
    watch.observe(status, { childList: true });
    write();
  }

  /* ---- On a phone, or enlarged to 200 % and more, slides would be too small: they stand one below the other ---- */
  const isReading = () => document.documentElement.classList.contains("reading");
  function readWhereNarrow() {
    const narrow = matchMedia("(max-width: 640px)"), slides = Reveal.getSlides(), place = Reveal.getSlidesElement();
    const show = () => isReading() && Reveal.getCurrentSlide().scrollIntoView();
    const unhide = () => { // reveal.js hides all slides but one from screen readers, and shows all fragments above it
      if (!isReading()) return;
      for (const slide of place.querySelectorAll("section:is([hidden], [aria-hidden])"))
        ["hidden", "aria-hidden"].forEach((name) => slide.removeAttribute(name));
      for (const fragment of place.querySelectorAll(".fragment"))
        fragment.classList.toggle("visible", Boolean(fragment.closest(".read")));
    };
    for (const slide of slides) { // answers still wait to be asked for
      if (!slide.querySelector(".fragment:not(.custom)")) continue;
      const more = make("button", "reading-more", WORDS.more);
      [...slide.children].findLast((each) => !each.matches("aside, .foot")).after(more);
      more.onclick = () => {
        slide.classList.add("read");
        unhide();
      };
    }
    let seen = null; // what is read now, known before the window is wide and all has moved
    addEventListener("scroll", () => {
      if (isReading() && narrow.matches) seen = slides.find((slide) => slide.getBoundingClientRect().bottom > 40);
    });
    function change() {
      if (narrow.matches === isReading()) return;
      document.documentElement.classList.toggle("reading", narrow.matches);
      reveal.setAttribute("role", narrow.matches ? "main" : "application"); // a text, or what has keys of its own
      Reveal.toggleOverview(false);
      Reveal.configure({ touch: !narrow.matches });
      if (seen && !narrow.matches) {
        const { h, v } = Reveal.getIndices(seen);
        Reveal.slide(h, v);
      }
      unhide();
      show();
    }
    Reveal.configure({ keyboardCondition: () => !isReading() });
    new MutationObserver(unhide).observe(place, { attributes: true, subtree: true, attributeFilter: ["aria-hidden"] });
    narrow.addEventListener("change", change);
    Reveal.on("slidechanged", show); // by a link
    place.addEventListener("click", ({ target }) => target.closest('a[href^="#/"]') && requestAnimationFrame(show));
    change();
  }

  /* In the speaker's view, whose frames are decks too, the keys are for the deck on the wall. */
  function passKeysOn() {
    for (const [key, [keyCode, name]] of Object.entries(keys)) {
      const message = JSON.stringify({ method: "triggerKey", args: [keyCode] });
      Reveal.addKeyBinding({ keyCode, key, description: WORDS[name] }, () => parent.opener?.postMessage(message, "*"));
    }
  }

  const start = () => {
    if (Reveal.isSpeakerNotes()) return passKeysOn();
    startTools();
    tellSlides();
    readWhereNarrow();
  };
  if (!printed) Reveal.isReady() ? start() : Reveal.on("ready", start);
}
