// Put into pages before anything else: finds out when something was painted, by the clock of the machine.
(() => {
  const frameAfter = window.requestAnimationFrame.bind(window);
  const afterFrame = new MessageChannel();
  let inFrame = false;
  let drawn = [];
  const offset = clockOffset();

  function clockOffset() {
    // Date counts whole milliseconds; the moment at which it changes is exact.
    const start = Date.now();
    while (Date.now() === start);
    return Date.now() - performance.now();
  }

  function enterFrame() {
    if (inFrame) return;
    inFrame = true;
    // A message is handled when the frame's style, layout and painting are done.
    afterFrame.port2.postMessage(0);
  }

  afterFrame.port1.onmessage = () => {
    inFrame = false;
    const now = offset + performance.now();
    const done = drawn;
    drawn = [];
    for (const tell of done) tell(now);
  };
  window.requestAnimationFrame = (callback) =>
    frameAfter((time) => {
      enterFrame();
      callback(time);
    });

  window.bench = {
    clock: () => offset + performance.now(),
    /** Calls `tell` with the time at which what is in the page now has been painted. */
    painted(tell) {
      drawn.push(tell);
      if (!inFrame) frameAfter(enterFrame);
    },
    /** Calls `look` after every change below `root`, until it returns true. */
    watch(root, look) {
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
      if (look()) observer.disconnect();
    },
  };
})();
