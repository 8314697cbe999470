// What the chat tells Python. Streamlit keeps only the newest of two values that come while a script runs, so each
// value repeats what was said lately; Python takes every number once.

export type Change =
  | { readonly op: "decide"; readonly run_id: string; readonly approval_id: string; readonly verdict: string; readonly reason: string }
  | { readonly op: "ended"; readonly run_id: string; readonly status: string }
  | { readonly op: "paused"; readonly run_id: string; readonly status: string }
  | { readonly op: "fork"; readonly run_id: string }
  | { readonly op: "open_trace"; readonly run_id: string };

export interface Report {
  readonly chat: string;
  readonly changes: readonly Numbered[];
}

const REMEMBERED_FOR = 30_000;

interface Numbered {
  readonly number: number;
  readonly change: Change;
}

interface Said extends Numbered {
  readonly at: number;
}

export class Reports {
  private said: Said[] = [];
  private count = 0;

  constructor(private readonly chat: string, private readonly now: () => number) {}

  next(change: Change): Report {
    const at = this.now();
    this.count++;
    this.said = this.said.filter((said) => at - said.at < REMEMBERED_FOR);
    this.said.push({ at, number: this.count, change });
    return this.again();
  }

  /** The same once more: what was lost on the way arrives, what arrived is known by its number. */
  again(): Report {
    return { chat: this.chat, changes: this.said.map(({ number, change }) => ({ number, change })) };
  }
}
