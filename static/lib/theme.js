// Chooses the colours. A classic script in the head: it has to run before
// the first paint. The choice is "system", "dark" or "light"; what it comes to
// stands in <html data-theme>.
(() => {
  "use strict";
  const KEY = "swarmdeck.theme";
  const CHOICES = ["system", "dark", "light"];
  const systemIsLight = window.matchMedia("(prefers-color-scheme: light)");

  const stored = () => {
    try {
      const choice = localStorage.getItem(KEY);
      return CHOICES.includes(choice) ? choice : "system";
    } catch {
      return "system"; // storage is switched off
    }
  };
  const store = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // It still holds for as long as this page is open.
    }
  };

  let choice = stored();

  const apply = () => {
    const system = systemIsLight.matches ? "light" : "dark";
    const theme = choice === "system" ? system : choice;
    if (document.documentElement.dataset.theme !== theme) {
      document.documentElement.dataset.theme = theme;
      document.dispatchEvent(new CustomEvent("themechange"));
    }
    const button = document.getElementById("theme-toggle");
    if (button) {
      button.textContent = `Theme: ${choice}`;
    }
  };

  apply();
  systemIsLight.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme-toggle")?.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      store(choice);
      apply();
    });
  });
})();
