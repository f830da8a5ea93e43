// <time data-ago datetime="…"> says how long ago it was, and keeps saying it right.
const UNITS = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];

export function distance(seconds) {
  const length = Math.abs(seconds);
  if (length < 1) return "now";
  const [size, name] = UNITS.find(([unit]) => length >= unit);
  const text = `${Math.floor(length / size)}${name}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const text = distance((Date.now() - Date.parse(element.dateTime)) / 1000);
    if (element.textContent !== text) element.textContent = text;
  }
}

setInterval(refresh, 1000);
document.addEventListener("visibilitychange", refresh);
