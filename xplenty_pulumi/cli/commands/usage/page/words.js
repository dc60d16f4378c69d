// Texts of the service in `data` are HTML already; numbers and moments are made into words here.
const data = JSON.parse(document.getElementById("data").textContent);
const HOUR = 3600e3;
const at = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const sum = (values) => values.reduce((total, one) => total + one, 0);
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const moment = (time) => new Date(time).toISOString().slice(0, 16).replace("T", " ");

function hours(value) {
  return value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function percent(part, whole) {
  const share = whole ? (100 * part) / whole : 0;
  if (share > 0 && share < 1) return "&lt;1%";
  if (share > 99 && share < 100) return "&gt;99%";
  return `${Math.round(share)}%`;
}

function lasting(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  const [days, rest] = [Math.floor(seconds / 86400), seconds % 86400];
  const [hour, minute] = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60)];
  if (days) return `${days}d ${hour}h`;
  if (hour) return `${hour}h ${String(minute).padStart(2, "0")}m`;
  return minute ? `${minute}m ${String(seconds % 60).padStart(2, "0")}s` : `${seconds}s`;
}

function fromTo(begin, end) {
  const last = moment(end);
  return `${moment(begin)} to ${moment(begin).slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
}
