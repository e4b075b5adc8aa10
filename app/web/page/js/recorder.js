/** For tests, with `?record=1`: the epoch and seq of every event that was applied, in order. */
export function recordEvents(store) {
  if (new URLSearchParams(location.search).get("record") !== "1") return;
  const record = {
    events: [],
    gaps: [],
    get duplicates() {
      return store.duplicates;
    },
  };
  store.onEvent = (event) => {
    if (event.kind === "gap") record.gaps.push(event);
    else record.events.push([event.epoch, event.seq]);
  };
  window.xylemRecord = record;
}
