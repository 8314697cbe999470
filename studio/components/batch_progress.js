// Draws `data.progress` and whatever newer one the WebSocket at `data.url` tells. Reports `changed`, not more often than
// once in a while, when the page was drawn for another state.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;
const REPORT_PAUSE = 1200;
const watches = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const watch = watches.get(parentElement) ?? begin(parentElement);
  if (watch.url !== data.url) watch.follow(data.url);
  watch.drawn = data.progress.state;
  watch.drawnAt = performance.now();
  watch.report = (state) => setTriggerValue("changed", state);
  watch.show(watch.newest ?? data.progress);
  watch.look();
  return () => {
    // Streamlit also calls this when a newer call overtakes this one, with the element still in the page.
    setTimeout(() => {
      if (!watch.root.isConnected) watch.end();
    });
  };
}

function begin(parent) {
  const watch = { root: element("div", "batch"), newest: null, reported: "", pause: FIRST_PAUSE };
  const bar = element("div", "bar");
  bar.setAttribute("role", "progressbar");
    const words = element("div", "words");
  const legend = element("div", "legend");
  watch.root.append(bar, words, legend);
  parent.append(watch.root);

  watch.show = (progress) => {
    bar.setAttribute("aria-label", `Of ${progress.noun}, those that have ended`);
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", String(progress.total));
    bar.setAttribute("aria-valuenow", String(progress.ended));
    bar.replaceChildren(...progress.parts.map(piece));
    const pace = [progress.speed, progress.left].filter(Boolean).join(" · ");
    words.replaceChildren(
      element("b", "", `${progress.word}: ${number(progress.ended)} of ${number(progress.total)} ${progress.noun}`),
      element("span", "pace", pace),
    );
    legend.replaceChildren(...progress.parts.map(entry));
  };
  watch.look = () => {
    const state = watch.newest?.state;
    if (!state || state === watch.drawn || state === watch.reported) return;
    clearTimeout(watch.reporting);
    const wait = Math.max(0, REPORT_PAUSE - (performance.now() - watch.drawnAt));
    watch.reporting = setTimeout(() => {
      watch.reported = watch.newest.state;
      watch.report(watch.newest.state);
    }, wait);
  };
  watch.follow = (url) => {
    watch.close();
    watch.url = url;
    watch.newest = null;
    watch.open();
  };
  watch.open = () => {
    watch.socket = new WebSocket(new URL(watch.url, location.href.replace(/^http/, "ws")));
    watch.socket.onmessage = (message) => {
      watch.pause = FIRST_PAUSE;
      watch.newest = JSON.parse(message.data);
      watch.show(watch.newest);
      watch.look();
    };
    watch.socket.onclose = (event) => {
      // 1000: there is nothing more to tell.
      if (event.code === 1000) return;
      watch.timer = setTimeout(watch.open, watch.pause);
      watch.pause = Math.min(watch.pause * 2, LONGEST_PAUSE);
    };
  };
  watch.close = () => {
    clearTimeout(watch.timer);
    clearTimeout(watch.reporting);
    if (!watch.socket) return;
    watch.socket.onclose = null;
    watch.socket.close();
  };
  watch.end = () => {
    watch.close();
    watches.delete(parent);
  };
  watches.set(parent, watch);
  return watch;

  function piece(part) {
    const made = element("span", `piece ${part.colour} ${part.status}`);
    made.style.flex = `${part.count} 0 0`;
    return made;
  }

  function entry(part) {
    const made = element("span", "entry");
    made.append(element("span", `dot ${part.colour} ${part.status}`), `${number(part.count)} ${part.word}`);
    return made;
  }
}

function number(value) {
  return value.toLocaleString("en-US");
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
