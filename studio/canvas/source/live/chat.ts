// The element: its runs, drawn once per frame, and what it reports to Python.
import { arrange, button, h } from "./draw/dom";
import { icon } from "./draw/icons";
import { RunView } from "./draw/run";
import type { Actions } from "./draw/scene";
import type { Conversation } from "./entries";
import { isEnded } from "./events";
import { drawInNextFrame, forget, type Drawable } from "./frames";
import { news } from "./news";
import { Reports, type Change, type Report } from "./reports";
import { Follower, scrollerOf } from "./scroll";
import { Session, type LiveRun } from "./session";
import { applyTheme } from "./theme";

export interface ChatData {
  readonly runs: readonly LiveRun[];
  readonly compact: boolean;
  /** Whether the runs are turns of a conversation that can be forked. */
  readonly forks: boolean;
  /** Pixels; null lets the page scroll. */
  readonly height: number | null;
}

interface Shown {
  readonly session: Session;
  readonly view: RunView;
  /** What has been drawn and announced; null before the first drawing. */
  drawn: Conversation | null;
  stale: boolean;
}

const LOADS_AT_ONCE = 3;
// Streamlit drops what a component reports while it is being mounted.
const MOUNTING = 300;
// A decision may be lost while Streamlit connects again after a restart of the server.
const SAY_AGAIN = [2_000, 5_000, 9_000];

export class Chat implements Drawable {
  readonly host = h("div", { class: "chat" });
  private readonly list = h("div", { class: "runs" });
  private readonly log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": "Conversation" }, this.list);
  private readonly announcer = h("div", { class: "hidden", role: "status", "aria-live": "polite" });
  private readonly jump = button("Jump to latest", "jump", () => this.follower?.toLatest());
  private readonly shown = new Map<string, Shown>();
  private readonly reports = new Reports(crypto.getRandomValues(new Uint32Array(2)).join("-"), () => Date.now());
  private readonly born = Date.now();
  private readonly ticker = setInterval(() => this.tick(), 1000);
  private send: (report: Report) => void = () => {};
  private follower: Follower | null = null;
  private nearby: IntersectionObserver | null = null;
  private forks = false;
  private readonly waiting = new Set<Shown>();

  constructor() {
    this.jump.prepend(icon("down"));
    this.jump.hidden = true;
    this.host.append(this.log, this.jump, this.announcer);
    // Streamlit's own keys (r, c) must not fire while somebody types here.
    this.host.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLInputElement) event.stopPropagation();
    });
    this.host.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("summary")) this.follower?.hold();
    });
    this.host.addEventListener("toggle", () => this.follower?.release(), { capture: true });
  }

  update(data: ChatData, send: (report: Report) => void): void {
    this.send = send;
    this.forks = data.forks;
    this.host.classList.toggle("compact", data.compact);
    this.log.style.height = data.height === null ? "" : `${data.height}px`;
    this.log.classList.toggle("scrolls", data.height !== null);
    if (data.height === null) this.log.removeAttribute("tabindex");
    else this.log.tabIndex = 0;
    applyTheme(this.host);
    const added = this.arrangeRuns(data.runs);
    this.watch(data.height !== null, added);
    drawInNextFrame(this);
  }

  close(): void {
    clearInterval(this.ticker);
    forget(this);
    this.follower?.close();
    this.nearby?.disconnect();
    for (const { session } of this.shown.values()) session.close();
  }

  /** Returns whether a run was added that goes on. */
  private arrangeRuns(runs: readonly LiveRun[]): boolean {
    const given = new Set(runs.map((run) => run.id));
    for (const [id, { session }] of this.shown) {
      if (given.has(id)) continue;
      session.close();
      this.shown.delete(id);
    }
    const added = runs.filter((run) => !this.shown.has(run.id));
    for (const run of runs) this.shown.get(run.id)?.session.update(run);
    for (const run of added) this.add(run);
    arrange(this.list, runs.map((run) => this.shown.get(run.id)!.view.node));
    for (const shown of this.shown.values()) shown.stale = true;
    return added.some((run) => !isEnded(run.status));
  }

  private add(run: LiveRun): void {
    const session = new Session(run, import.meta.url, {
      changed: () => this.changed(run.id),
      paused: (status) => this.report({ op: "paused", run_id: run.id, status }),
      ended: (status) => this.report({ op: "ended", run_id: run.id, status }),
    });
    this.shown.set(run.id, { session, view: new RunView(this.actions(run.id)), drawn: null, stale: true });
    session.start();
  }

  private changed(id: string): void {
    const shown = this.shown.get(id);
    if (!shown) return;
    shown.stale = true;
    drawInNextFrame(this);
  }

  private actions(run_id: string): Actions {
    return {
      decide: (approval_id, verdict, reason) => {
        this.report({ op: "decide", run_id, approval_id, verdict, reason });
        for (const wait of SAY_AGAIN) setTimeout(() => this.sayAgain(run_id, approval_id), wait);
      },
      fork: this.forks ? () => this.report({ op: "fork", run_id }) : null,
      openTrace: () => this.report({ op: "open_trace", run_id }),
      retryLoading: () => void this.shown.get(run_id)?.session.load(),
    };
  }

  private report(change: Change): void {
    const wait = Math.max(0, this.born + MOUNTING - Date.now());
    setTimeout(() => this.send(this.reports.next(change)), wait);
  }

  private sayAgain(run_id: string, approval_id: string): void {
    const entries = this.shown.get(run_id)?.session.conversation.entries.values() ?? [];
    const waits = [...entries].some((each) => each.kind === "approval" && each.id === approval_id && !each.decision);
    if (waits && this.host.isConnected) this.send(this.reports.again());
  }

  /** Finds out what scrolls, once the element stands in the page, and what is near enough to be loaded. */
  private watch(inside: boolean, added: boolean): void {
    const scroller = inside ? this.log : scrollerOf(this.host);
    this.follower ??= new Follower(scroller, this.list, this.jump, inside && !this.isReadFromTheTop());
    if (added) this.follower.follow();
    const root = scroller === document.scrollingElement ? null : scroller;
    this.nearby ??= new IntersectionObserver((seen) => this.wake(seen), { root, rootMargin: "800px 0px" });
    for (const { session, view } of this.shown.values()) {
      if (session.connection === "asleep") this.nearby.observe(view.node);
    }
  }

  /** Runs that are over, side by side, are compared from the top; a conversation is gone on with at its end. */
  private isReadFromTheTop(): boolean {
    const compact = this.host.classList.contains("compact");
    return compact && [...this.shown.values()].every(({ session }) => isEnded(session.run.status));
  }

  private wake(seen: readonly IntersectionObserverEntry[]): void {
    const near = new Set(seen.filter((entry) => entry.isIntersecting).map((entry) => entry.target));
    for (const shown of this.shown.values()) if (near.has(shown.view.node)) this.waiting.add(shown);
    this.loadNext();
  }

  // The last ones first: that is where the reader is.
  private loadNext(): void {
    const all = [...this.shown.values()].reverse();
    const loading = all.filter(({ session }) => session.connection === "loading" && isEnded(session.run.status));
    const next = all.filter((shown) => this.waiting.has(shown)).slice(0, LOADS_AT_ONCE - loading.length);
    for (const shown of next) {
      this.waiting.delete(shown);
      this.nearby?.unobserve(shown.view.node);
      void shown.session.load().then(() => this.loadNext());
    }
  }

  private tick(): void {
    for (const shown of this.shown.values()) {
      if (shown.session.connection !== "live") continue;
      shown.stale = true;
      drawInNextFrame(this);
    }
  }

  draw(): void {
    for (const shown of this.shown.values()) if (shown.stale) this.drawRun(shown);
  }

  measure(): void {
    this.follower?.measure();
  }

  scroll(): void {
    this.follower?.scroll();
  }

  private drawRun(shown: Shown): void {
    const { conversation } = shown.session;
    shown.stale = false;
    shown.view.update(shown.session);
    const isNews = shown.drawn !== null && shown.drawn.seq >= 0 && conversation !== shown.drawn;
    if (isNews) this.announce(news(shown.drawn!, conversation));
    shown.drawn = conversation;
  }

  private announce(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.announcer.replaceChildren(...lines.map((line) => h("p", {}, line)));
  }
}
