"use strict";
// Before textual.js looks for the terminal (it waits for the page to be loaded): where its socket is. It is worked out
// here and not by the server, because a tunnel or a proxy may have given the server another address.
document.addEventListener("DOMContentLoaded", () => {
  const here = window.location.href.replace(/[?#].*$/, "");
  document.getElementById("terminal").dataset.sessionWebsocketUrl = here.replace(/^http/, "ws") + "ws";
  document.getElementById("again").addEventListener("click", () => window.location.reload());
  let begun = false;
  new MutationObserver(() => {
    const classes = document.body.classList;
    if (classes.contains("-closed")) document.getElementById("again").focus();
    else if (!begun && classes.contains("-first-byte")) {
      begun = true; // what is typed goes to the tutor from the first, without a click
      document.querySelector(".xterm-helper-textarea").focus();
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
});

// textual.js measures the cells of its font once, and a font that is not there yet has other cells. So it is asked for
// now, and what waits for the page to be loaded waits for it too.
const fonts = Promise.all([document.fonts.load("16px 'Roboto Mono'"), document.fonts.load("bold 16px 'Roboto Mono'")]);
const loaded = new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
let start = null;
Object.defineProperty(window, "onload", {
  set(handler) {
    start = handler;
  },
});
Promise.all([loaded, fonts.catch(() => {})]).then(() => start(new Event("load")));
