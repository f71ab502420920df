// 16:9, or 4:3 where the screen is; printed, always 16:9.
const printed = /print-pdf/.test(location.search);
const slideWidth = () => (!printed && innerWidth / innerHeight < 1.5 ? 960 : 1280);

// Sections are stacks: a column each in the overview. Still every key that moves on, on a keyboard or a presenter, goes
// through all slides in their order, for there are presenters that press the right arrow, which would skip the rest of a
// section. A slide takes its data-timing of the speaker's clock. What is hidden is for paper only.
Reveal.initialize({
  width: slideWidth(), height: 720, margin: 0, center: false, display: "flex",
  hash: true, slideNumber: "c/t", transition: "none", navigationMode: "linear", defaultTiming: 0,
  showHiddenSlides: printed, pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
  controlsBackArrows: "visible", // faded, they and their focus are hard to see
  scrollActivationWidth: null, // tools.js has a layout to read instead
});
addEventListener("resize", () => Reveal.configure({ width: slideWidth() }));

Reveal.addKeyBinding({ keyCode: 68, key: "D", description: WORDS.dark }, () => {
  const root = document.documentElement;
  const dark = root.classList.contains("dark")
    || (!root.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
  root.classList.remove("dark", "light");
  root.classList.add(dark ? "light" : "dark");
});
