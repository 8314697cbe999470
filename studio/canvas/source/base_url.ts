/** Where the studio is mounted, worked out from where Streamlit serves this script: ends with a slash. */
export function baseUrl(scriptUrl: string): string {
  const end = scriptUrl.indexOf("/_stcore/");
  return end < 0 ? new URL("/", scriptUrl).href : scriptUrl.slice(0, end + 1);
}

/** The address of a run's live events. */
export function liveUrl(scriptUrl: string, run: string): string {
  return baseUrl(scriptUrl).replace(/^http/, "ws") + `live/${encodeURIComponent(run)}`;
}
