// htmx would write its own style sheet into the page, which the content policy refuses.
window.htmx.config.includeIndicatorStyles = false;

// What django-unfold leaves to the mouse and to the eye, for the keyboard and for those who listen.
(() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
  const PRESSED = "a[x-on\\:click]:not([href]), span[x-on\\:click], #tabs-items + div > div";
  const NAMED = "[data-inline-type=tabular] :is(input:not([type=hidden]), select, textarea)";

  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
  const first = (place) => [...place.querySelectorAll(CONTROLS)].find(shown);
  const words = (one) => (one ? one.textContent.replace(/[*:\s]+$/, "").trim() : "");

  // Signs are letters of a font: "receipt_long" is nothing to be read aloud, unless it is all there is.
  const silence = (place) => {
    for (const sign of place.querySelectorAll(".material-symbols-outlined")) {
      const control = sign.closest("a, button, [role=button]");
      const text = control && control.textContent.trim() !== sign.textContent.trim();
      if (!control || text || control.ariaLabel || control.title) sign.ariaHidden = "true";
    }
  };

  // What only listens to a click becomes a button.
  const enable = (place) => {
    for (const one of place.querySelectorAll(PRESSED)) {
      if (one.hasAttribute("role")) continue;
      one.setAttribute("role", "button");
      one.tabIndex = 0;
      one.removeAttribute("aria-hidden");
      if (one.title) one.setAttribute("aria-label", one.title);
    }
  };

  // A box of select2 is called like the field; a cell of a table of fields like its column.
  const name = (place) => {
    for (const box of place.querySelectorAll(".select2-container")) {
      const field = box.previousElementSibling;
      const label = field && words(document.querySelector(`label[for="${CSS.escape(field.id)}"]`));
      for (const part of label ? box.querySelectorAll("[role=combobox], [role=textbox]") : []) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", label);
      }
    }
    const search = place.querySelector("#searchbar");
    if (search) {
      search.ariaLabel = search.placeholder;
      search.form.querySelector("#searchbar-submit").ariaLabel = search.placeholder;
    }
    for (const field of place.querySelectorAll(NAMED)) {
      const cell = field.closest("td");
      if (!cell || field.labels?.length || field.hasAttribute("aria-label")) continue;
      const heading = field.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
      const said = cell.dataset.label || words(heading);
      if (said) field.setAttribute("aria-label", said);
    }
  };

  const mend = (place) => [enable, name, silence].forEach((step) => step(place));

  // Alpine shows what it opens in the next frame.
  const onceShown = (step) => requestAnimationFrame(() => requestAnimationFrame(step));

  // A dialog takes the focus, keeps it (the page behind is inert) and gives it back.
  let opener = null;
  window.quanyu = {
    dialog(open) {
      onceShown(() => {
        const place = document.getElementById("modal");
        if (open && !place.contains(document.activeElement)) {
          const fields = place.querySelectorAll("#dialog-form :is(input:not([type=hidden]), select, textarea)");
          ([...fields].find(shown) || first(place))?.focus();
        } else if (!open && opener?.isConnected) {
          opener.focus();
          opener = null;
        }
      });
    },
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.detail.elt;
    if (event.detail.target?.id === "modal-content") opener = link;
  });

  // The drawer of filters likewise.
  const filters = () => document.getElementById("changelist-filter");
  let drawer = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#changelist a[x-on\\:click*='filterOpen = true']");
    if (!link) return;
    drawer = link;
    onceShown(() => first(filters())?.focus());
  });
  document.addEventListener("keydown", (event) => {
    const one = event.target;
    if (event.key === "Escape" && drawer && filters()?.contains(one)) drawer.focus();
    if (!["Enter", " "].includes(event.key) || !one.matches?.(PRESSED)) return;
    event.preventDefault();
    one.click();
  });

  // A script that opens select2 leaves its search box without a name.
  document.addEventListener("focusin", (event) => {
    const box = event.target;
    if (!box.matches?.(".select2-search__field") || box.hasAttribute("aria-label")) return;
    const owner = document.querySelector(".select2-container--open [role=combobox]");
    box.setAttribute("aria-label", owner?.getAttribute("aria-label") || box.type);
  });
  // The menu shows where one stands with the heading above it, not cut off at the row itself.
  const showPlace = () => {
    const center = document.querySelector("#nav-sidebar-apps a.active")?.closest(".qy-center");
    const frame = center?.closest(".simplebar-content-wrapper");
    if (frame && frame.scrollTop > center.offsetTop) frame.scrollTop = center.offsetTop;
  };

  window.addEventListener("load", () => {
    mend(document);
    setTimeout(() => mend(document)); // fields that a script of the page makes on the same event
    onceShown(showPlace);
  });
  document.addEventListener("htmx:load", (event) => mend(event.detail.elt));
  // Later, since the scripts of the fields listen to the same event.
  document.addEventListener("formset:added", (event) => setTimeout(() => mend(event.target)));
})();
