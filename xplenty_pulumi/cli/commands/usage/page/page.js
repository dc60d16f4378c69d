// Filters, and what is drawn again when one of them changes.
const DAY = 24 * HOUR;
const AGES = [
  ["any", () => true],
  ...[1, 7, 14].map((days) => [`up to ${plural(days, "day")}`, (age) => age <= days * DAY]),
  ...[1, 7, 30].map((days) => [`more than ${plural(days, "day")}`, (age) => age > days * DAY]),
];
const whole = [data.since, data.until];
let range = whole;

function chosen() {
  const [owner, fits] = [at("owner").selectedIndex - 1, AGES[at("age").selectedIndex][1]];
  return data.lanes.filter((lane) => (owner < 0 || lane.owner === ranked[owner]) && fits(data.until - (lane.created ?? 0)));
}

function draw() {
  const lanes = chosen();
  figures(lanes);
  drawDays(lanes);
  idleTable(lanes);
  drawTimeline(lanes, range);
  unusedTable(lanes);
  waitsTable(lanes);
}

function show(wanted) {
  range = wanted;
  for (const button of at("ranges").children) {
    button.setAttribute("aria-pressed", String(button.from === wanted[0] && wanted[1] === data.until));
  }
  drawTimeline(chosen(), range);
}

function addRange(text, from) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: text, from, onclick: () => show([from, data.until]) });
  button.setAttribute("aria-pressed", String(from === data.since));
  at("ranges").append(button);
}

function addLegend() {
  const item = (name, tone, kind) => `<li><i class="${kind}" style="background:var(--${tone})"></i>${name}</li>`;
  const stretches = ACTIVITIES.map((name) => item(spoken(name), name, ""));
  const runs = ["waiting", ...OUTCOMES].map((name) => item(name, name, "run"));
  at("legend").innerHTML = [...stretches, "<li>Runs:</li>", ...runs, '<li class="mark">\u2715</li>'].join("");
}

at("account").innerHTML = data.account;
at("period").textContent = `${moment(data.since)} to ${moment(data.until)} UTC`;
at("owner").innerHTML = ["all", ...ranked].map((owner) => `<option>${owner}</option>`).join("");
at("age").innerHTML = AGES.map(([name]) => `<option>${name}</option>`).join("");
at("notes").innerHTML = data.notes.map((text) => `<li>${text}</li>`).join("");
addLegend();
for (const [text, span] of [["24 hours", DAY], ["7 days", 7 * DAY]]) {
  if (span < data.until - data.since) addRange(text, data.until - span);
}
addRange("all", data.since);
draw();
at("owner").onchange = at("age").onchange = draw;
at("lanes").on("plotly_relayout", (change) => {
  const ends = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
  if (ends[0] !== undefined) show(ends.map((one) => (typeof one === "number" ? one : Date.parse(`${one.replace(" ", "T")}Z`))));
  else if (change["xaxis.autorange"]) show(whole);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
document.body.dataset.drawn = "yes";
