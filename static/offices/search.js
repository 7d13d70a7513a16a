// The one search box. It opens by Ctrl-K, ⌘K and "/", and by a scanner wherever nothing is typed.
// What is typed goes out by POST only, and is forgotten when the box closes.
(() => {
  const palette = document.getElementById("search-palette");
  if (!palette) return;

  const PAUSE_MS = 180; // of typing, before a search is sent
  const SCAN_GAP_MS = 50; // between the keys of a scanner; a hand is slower
  const SCAN_LENGTH = 4;
  const SEARCH_FROM = 2; // letters or digits; a Chinese character is a word
  const form = palette.querySelector("form");
  const input = form.elements.s;
  const results = document.getElementById("search-palette-results");
  const status = document.getElementById("search-palette-status");
  const hint = palette.querySelector("[data-search-hint]");
  const failed = palette.querySelector("[data-search-failed]");

  let shown = null; // the text that the options on the screen answer
  let running = null; // { text, abort } of the search under way
  let opening = false; // Enter was pressed for the text in the box
  let timer = 0;

  const typed = () => input.value.trim();
  const enough = (text) => text.length >= SEARCH_FROM || /[^\u0000-\u007f]/.test(text);
  const options = () => [...results.querySelectorAll("[role=option]")];
  const chosen = () => results.querySelector("[role=option][aria-selected=true]");

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(html) {
    results.innerHTML = html;
    const answer = results.firstElementChild;
    const many = options().length;
    hint.hidden = Boolean(html);
    failed.hidden = true;
    input.setAttribute("aria-expanded", String(many > 0));
    status.textContent = answer ? answer.dataset.said : "";
    choose(null);
  }

  function stop() {
    clearTimeout(timer);
    running?.abort.abort();
    running = null;
    palette.removeAttribute("aria-busy");
  }

  function clear() {
    stop();
    shown = null;
    opening = false;
    show("");
  }

  function close() {
    if (palette.open) palette.close();
  }

  function open(text) {
    if (!palette.open) {
      input.value = "";
      clear();
      palette.showModal();
    }
    if (text !== undefined) input.value = text;
    input.focus();
    input.select();
  }

  function go(link, elsewhere) {
    if (elsewhere) {
      window.open(link, "_blank", "noopener");
      return;
    }
    close();
    window.location.assign(link);
  }

  async function ask(text) {
    stop();
    const mine = { text, abort: new AbortController() };
    running = mine;
    palette.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "HX-Request": "true" },
        redirect: "error",
        signal: mine.abort.signal,
      });
      const html = await answer.text();
      if (running !== mine) return; // somebody typed on
      const signIn = answer.headers.get("HX-Redirect");
      if (signIn) return go(signIn);
      if (!answer.ok) throw new Error(String(answer.status));
      running = null;
      shown = text;
      show(html);
      if (opening) decide();
    } catch (fault) {
      if (running !== mine) return;
      running = null;
      opening = false;
      show("");
      hint.hidden = true;
      failed.hidden = false;
      status.textContent = failed.textContent.trim();
    } finally {
      if (!running) palette.removeAttribute("aria-busy");
    }
  }

  // Enter: what was chosen, else the one thing that was meant, else the first to choose from.
  function decide() {
    opening = false;
    const link = results.firstElementChild?.dataset.opens;
    if (link) go(link);
    else choose(options()[0]);
  }

  function enter(elsewhere) {
    const option = chosen();
    if (option) return go(option.href, elsewhere);
    const text = typed();
    if (!enough(text)) return;
    if (text === shown && !running) return decide();
    opening = true;
    if (running?.text !== text) ask(text);
  }

  function move(step) {
    const all = options();
    if (!all.length || typed() !== shown) return;
    const at = all.indexOf(chosen());
    choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  }

  function changed(event) {
    if (event.isComposing) return; // a Chinese word is still being put together
    const text = typed();
    opening = false;
    if (text === shown) return stop();
    stop();
    choose(null);
    if (!enough(text)) return clear();
    palette.setAttribute("aria-busy", "true");
    timer = setTimeout(() => ask(text), PAUSE_MS);
  }

  input.addEventListener("input", changed);
  input.addEventListener("compositionend", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // the "go" key of a phone
    enter(false);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      event.preventDefault();
      enter(event.ctrlKey || event.metaKey);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  results.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen() && typed() === shown) choose(option);
  });
  palette.addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && event.target !== input) input.focus(); // a scan, or somebody who types on
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("[data-search-close]")) close();
  });
  palette.addEventListener("close", () => {
    input.value = "";
    clear();
  });
  window.addEventListener("pagehide", close); // "back" finds the page as it was, without the box

  const NO_TEXT = new Set(["button", "submit", "reset", "checkbox", "radio", "range", "color", "file", "image"]);

  function takesText(element) {
    if (!element) return false;
    if (element.isContentEditable || element.tagName === "SELECT") return true;
    if (element.tagName === "TEXTAREA") return !element.readOnly;
    return element.tagName === "INPUT" && !NO_TEXT.has(element.type) && !element.readOnly;
  }

  let keys = ""; // what came as fast as a scanner types
  let last = 0;

  // Enter that ends a scan; the key must press no button that happens to have the focus.
  function scanned(event) {
    const text = event.key === "Enter" && event.timeStamp - last <= SCAN_GAP_MS ? keys : "";
    keys = "";
    if (text.length < SCAN_LENGTH) return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    open(text);
    enter(false);
    return true;
  }

  function shortcut(event) {
    const held = event.ctrlKey || event.metaKey;
    if (held && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") return true;
    return event.key === "/" && !held && !event.altKey && !takesText(event.target);
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || palette.open) return;
      if (shortcut(event)) {
        event.preventDefault();
        keys = "";
        open();
        return;
      }
      if (takesText(event.target) || event.ctrlKey || event.metaKey || event.altKey) {
        keys = "";
      } else if (event.key === "Enter") {
        scanned(event);
      } else if (event.key.length === 1) {
        keys = event.timeStamp - last <= SCAN_GAP_MS ? keys + event.key : event.key;
        last = event.timeStamp;
      }
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-search-open]")) open();
  });
})();
