// <time data-ago datetime="…"> says how long ago it was, <time data-since …> how long it has been; both keep saying it right.
const UNITS = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];

function length(seconds) {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) || [1, "s"];
  return `${Math.max(0, Math.floor(seconds / size))}${name}`;
}

export function distance(seconds) {
  if (Math.abs(seconds) < 1) return "now";
  const text = length(Math.abs(seconds));
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const text = distance((Date.now() - Date.parse(element.dateTime)) / 1000);
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("time[data-since]")) {
    const text = length((Date.now() - Date.parse(element.dateTime)) / 1000);
    if (element.textContent !== text) element.textContent = text;
  }
}

setInterval(refresh, 1000);
document.addEventListener("visibilitychange", refresh);
