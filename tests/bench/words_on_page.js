// Notes when each numbered word (`a17`) below an element of class "text" was drawn and painted, also in shadow roots.
() => {
  const reached = {};
  const roots = new Set();
  bench.drawn = {};
  bench.painted_at = {};

  function note(changes) {
    const texts = new Set();
    for (const { target } of changes) {
      const text = (target instanceof Element ? target : target.parentElement)?.closest(".text");
      if (text) texts.add(text);
    }
    const fresh = [...texts].flatMap(newWords);
    if (fresh.length === 0) return;
    const now = bench.clock();
    for (const word of fresh) bench.drawn[word] = now;
    bench.painted((time) => {
      for (const word of fresh) bench.painted_at[word] = time;
    });
  }

  /** A word is there when a later one is: several may come at once. */
  function newWords(text) {
    const words = [];
    for (const [, letter, digits] of text.textContent.slice(-80).matchAll(/\b([a-z])(\d+)\b/g)) {
      for (let each = (reached[letter] ?? -1) + 1; each <= Number(digits); each++) words.push(letter + each);
      reached[letter] = Math.max(reached[letter] ?? -1, Number(digits));
    }
    return words;
  }

  function attach(root) {
    if (roots.has(root)) return;
    roots.add(root);
    new MutationObserver(note).observe(root, { subtree: true, childList: true, characterData: true });
  }

  attach(document);
  setInterval(() => {
    for (const element of document.querySelectorAll("div")) if (element.shadowRoot) attach(element.shadowRoot);
  }, 200);
}
