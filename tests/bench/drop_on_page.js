// Notes how long it takes from a drop on the canvas until the inspector shows the new node, and when the canvas
// has drawn its nodes.
() => {
  const seen = new Set();
  let dropped = null;
  bench.made = null;
  bench.nodes = 0;

  /** The name of the node that the inspector shows; null while it shows the organization. */
  bench.shown = () => {
    const inspector = document.querySelector(".st-key-design_inspector");
    return inspector?.querySelector('input[aria-label="Name"]')?.value ?? null;
  };

  addEventListener("drop", () => (dropped = bench.clock()), { capture: true });

  bench.watch(document, () => {
    if (dropped === null || bench.shown() === null) return false;
    const start = dropped;
    dropped = null;
    bench.painted((now) => (bench.made = now - start));
    return false;
  });

  const look = setInterval(() => {
    for (const element of document.querySelectorAll("div")) {
      if (!element.shadowRoot || seen.has(element)) continue;
      seen.add(element);
      bench.watch(element.shadowRoot, () => {
        const nodes = element.shadowRoot.querySelectorAll(".react-flow__node-troupe").length;
        if (nodes > bench.nodes) bench.painted((now) => ((bench.nodes = nodes), (bench.all_painted = now)));
        return false;
      });
    }
  }, 50);
  setTimeout(() => clearInterval(look), 20000);
}
