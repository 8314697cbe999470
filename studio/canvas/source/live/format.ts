// Values as a person reads them.
import type { Json, JsonObject } from "./events";

/** Milliseconds since 1970. Times without a zone are UTC. */
export function instant(at: string | number): number {
  if (typeof at === "number") return at * 1000;
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at}Z`);
  return Number.isNaN(time) ? 0 : time;
}

export function duration(seconds: number): string {
  if (seconds < 0.095) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** For something that is still going on: tenths of a second would only flicker. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : duration(seconds);
}

export function count(number: number): string {
  return number.toLocaleString("en");
}

export function plural(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function bytes(size: number): string {
  if (size < 1024) return plural(size, "byte", "bytes");
  if (size < 1024 * 1024) return `${(size / 1024).toFixed(1)} KB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}

export function clock(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function fullTime(time: number): string {
  return new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}

export function oneLine(text: string, limit: number): string {
  const line = text.slice(0, limit * 2).replace(/\s+/g, " ").trim();
  return line.length > limit || text.length > limit * 2 ? `${cut(line, limit)}…` : line;
}

/** Cuts between characters, never inside an emoji. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

/** `order: A1, amount: 20`; a single argument needs no name. */
export function argumentSummary(args: JsonObject, limit = 160): string {
  const named = Object.entries(args);
  if (named.length === 1) return oneLine(plainValue(named[0]![1]), limit);
  return oneLine(named.map(([name, value]) => `${name}: ${oneLine(plainValue(value), 60)}`).join(", "), limit);
}

export function plainValue(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** True also when one is the other as JSON with different spacing. */
export function sameText(one: string, other: string): boolean {
  if (one.trim() === other.trim()) return true;
  if (!/^\s*[{[]/.test(one) || !/^\s*[{[]/.test(other)) return false;
  const json = prettyJson(one);
  return json !== null && json === prettyJson(other);
}

/** Text that is being written and will be JSON, as far as one can see. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(\{\s*("|\}|$)|\[\s*([{["]|$))/.test(text.slice(0, 200));
}
