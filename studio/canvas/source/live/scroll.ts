// Keeps the end of the chat in sight while it grows, unless the reader has scrolled up.

import { show } from "./draw/dom";

const NEAR = 48;
const AWAY = 160;

export class Follower {
  private following: boolean;
  private lastTop = 0;
  private below = 0;
  private bar = 0;
  private readonly sizes: ResizeObserver;

  constructor(
    private readonly scroller: Element, private readonly content: HTMLElement, private readonly jump: HTMLElement,
    following: boolean,
  ) {
    this.following = following;
    this.listenOn().addEventListener("scroll", this.onScroll, { passive: true });
    this.sizes = new ResizeObserver(() => {
      this.measure();
      this.scroll();
    });
    this.sizes.observe(content);
  }

  /** To be called after the content has grown, before it is painted; then `scroll`. */
  measure(): void {
    this.below = this.rest();
    this.lastTop = this.scroller.scrollTop;
  }

  scroll(): void {
    if (this.following && this.below > 0) {
      this.lastTop += this.below;
      this.scroller.scrollTop = this.lastTop;
    }
    show(this.jump, !this.following && this.below >= AWAY);
  }

  /** The reader opens or closes something: that is what they look at now. */
  hold(): void {
    this.following = false;
  }

  /** It is open or closed now; if the end is still in sight, there was no need to hold. */
  release(): void {
    if (this.rest() < NEAR) this.following = true;
  }

  toLatest(): void {
    this.following = true;
    this.measure();
    this.scroll();
  }

  /** A new run has started: its author wants to see it. */
  follow(): void {
    this.following = true;
  }

  close(): void {
    this.listenOn().removeEventListener("scroll", this.onScroll);
    this.sizes.disconnect();
  }

  private readonly onScroll = (): void => {
    const top = this.scroller.scrollTop;
    const rest = this.rest();
    if (rest < NEAR) this.following = true;
    else if (top < this.lastTop - 2) this.following = false;
    this.lastTop = top;
    show(this.jump, !this.following && rest >= AWAY);
  };

  /** Pixels of the chat below what can be seen. */
  private rest(): number {
    const bottom = this.isPage() ? window.innerHeight : this.scroller.getBoundingClientRect().bottom;
    return Math.ceil(this.content.getBoundingClientRect().bottom - bottom + this.covered());
  }

  // On a page with st.chat_input, that stands over the lower end of the page.
  private covered(): number {
    if (this.scroller.contains(this.content) && this.content.getRootNode() === this.scroller.getRootNode()) return 0;
    const bar = document.querySelector<HTMLElement>("[data-testid=stBottom]")?.offsetHeight ?? 0;
    if (bar !== this.bar) this.jump.style.setProperty("--covered", `${bar}px`);
    this.bar = bar;
    return bar;
  }

  private isPage(): boolean {
    return this.scroller === document.scrollingElement;
  }

  private listenOn(): EventTarget {
    return this.isPage() ? document : this.scroller;
  }
}

/** What scrolls an element, also from inside a shadow root. */
export function scrollerOf(element: Element): Element {
  for (let node = outside(element); node; node = outside(node)) {
    if (/auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
  }
  return document.scrollingElement ?? document.documentElement;
}

function outside(element: Element): Element | null {
  const root = element.getRootNode();
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
