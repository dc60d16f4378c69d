// The two pictures: node-hours per day, and the timeline. In the timeline one unit of the vertical axis is one pixel.
const PALETTE = ["#2f6fde", "#e08a1e", "#1a9a7a", "#8d5bd1", "#d8497b", "#4aa5c9", "#8a7a2e", "#c0563b"];
const LEFT = 226;
const SLOT = 7;
const MOST_SLOTS = 8;
const ACTIVITIES = ["building", "busy", "idle", "broken", "ending"];
const OUTCOMES = ["completed", "running", "stopped", "failed"];
const spoken = (activity) => (activity === "broken" ? "in error" : activity);
const ranked = [...new Set(data.lanes.map((lane) => lane.owner))];
const ownerColour = (owner) => PALETTE[ranked.indexOf(owner)] || colour("stopped");
const config = { displaylogo: false, responsive: true, displayModeBar: false, doubleClick: "autosize" };

function layout(more) {
  const base = { paper_bgcolor: colour("card"), plot_bgcolor: colour("card"), font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("soft") } };
  const hover = { bgcolor: colour("card"), bordercolor: colour("soft"), align: "left", font: { color: colour("ink"), size: 13 }, namelength: -1 };
  return { ...base, hoverlabel: hover, ...more };
}

// Draws in a box of that height, which holds also while the window changes its width.
function put(id, height, traces, more) {
  at(id).style.height = `${height}px`;
  Plotly.react(id, traces, layout({ ...more, height }), config);
}

function drawDays(lanes) {
  const owners = ranked.filter((owner) => lanes.some((lane) => lane.owner === owner && lane.hours));
  const alone = owners.slice(0, PALETTE.length);
  const groups = alone.map((owner) => [owner, lanes.filter((lane) => lane.owner === owner), ownerColour(owner)]);
  if (owners.length > alone.length) {
    const rest = lanes.filter((lane) => !alone.includes(lane.owner));
    groups.push([plural(owners.length - alone.length, "other owner"), rest, colour("waiting")]);
  }
  const traces = groups.map(([name, own, tone]) => {
    const values = data.days.map((day) => sum(own.map((lane) => lane.days[day] || 0)));
    const hovertemplate = `<b>%{y:,.1f} node-hours</b><br>${name}<br>%{x|%Y-%m-%d}<extra></extra>`;
    return { type: "bar", name, x: data.days, y: values, marker: { color: tone }, hovertemplate };
  });
  const axis = { gridcolor: colour("line"), zerolinecolor: colour("line"), rangemode: "tozero", fixedrange: true };
  const legend = { orientation: "h", y: -0.16, traceorder: "normal", font: { color: colour("ink") } };
  const margin = { l: 44, r: 8, t: 12, b: 30 };
  const x = { type: "date", fixedrange: true, nticks: 12, tickformat: "%b %-d", showgrid: false, tickfont: { size: 11 } };
  put("days", 330, traces, { barmode: "stack", bargap: 0.25, margin, legend, showlegend: true, yaxis: axis, xaxis: x });
}

// Gives each lane its place: `top` and `height` in pixels.
function placed(lanes) {
  let top = 0;
  return lanes.map((lane) => {
    const height = 19 + SLOT * Math.max(2, Math.min(lane.slots, MOST_SLOTS));
    top += height;
    return { lane, height, top: top - height };
  });
}

function bars(name, tone, items, outlined) {
  const estimated = items.map((one) => (one.estimated ? "/" : ""));
  const pattern = items.some((one) => one.estimated) ? { shape: estimated, size: 6, solidity: 0.25, fgcolor: colour("soft"), fillmode: "overlay" } : {};
  return {
    type: "bar", orientation: "h", name,
    base: items.map((one) => one.begin), x: items.map((one) => one.end - one.begin),
    y: items.map((one) => one.y), width: items.map((one) => one.height),
    marker: { color: tone, pattern, line: { width: outlined ? 1 : 0, color: tone } },
    hovertext: items.map((one) => one.text), hoverinfo: "text", textposition: "none",
  };
}

function stretchText(lane, one) {
  const [activity, begin, end, estimated] = one;
  const about = estimated ? "<br>its begin is an estimate" : "";
  return `<b>${lane.name}</b> ${spoken(activity)} for ${lasting(end - begin)}<br>${fromTo(begin, end)}<br>cluster ${lane.id}, ${lane.size}, ${lane.status}<br>owner ${lane.owner}${about}`;
}

function runText(lane, run) {
  const took = run.begin === null ? "never started" : `ran for ${lasting(run.end - run.begin)}`;
  const waited = run.waited ? `, waited ${lasting(run.waited)}` : "";
  const error = run.error ? `<br><b>${run.error}</b>` : "";
  return `<b>${run.package}</b> ${run.status}: ${took}${waited}<br>${fromTo(run.begin ?? run.created ?? run.end, run.end)}<br>job ${run.id} on ${lane.name} (cluster ${lane.id})<br>owner ${lane.owner}${error}`;
}

function runItem(place, run, begin, end) {
  const y = place.top + 10 + SLOT * (run.slot % MOST_SLOTS) + SLOT / 2;
  return { begin: Math.max(begin, data.since), end, y, height: SLOT - 2, estimated: run.estimated, text: runText(place.lane, run) };
}

function traces(places) {
  const stretches = (activity) =>
    places.flatMap((place) =>
      place.lane.stretches
        .filter((one) => one[0] === activity)
        .map((one) => ({ begin: one[1], end: one[2], y: place.top + place.height / 2, height: place.height - 6, estimated: one[3], text: stretchText(place.lane, one) })),
    );
  const all = places.flatMap((place) => place.lane.runs.map((run) => ({ place, run })));
  const waits = all.filter(({ run }) => run.waited && run.created !== null);
  const began = all.filter(({ run }) => run.begin !== null);
  const failed = all.filter(({ run }) => run.outcome === "failed").map(({ place, run }) => runItem(place, run, run.begin ?? run.end, run.end));
  const drawn = ACTIVITIES.map((name) => bars(name, colour(name), stretches(name), false));
  const thin = (item) => ({ ...item, height: 1.5 });
  drawn.push(bars("waiting", colour("waiting"), waits.map(({ place, run }) => thin(runItem(place, run, run.created, run.begin ?? run.end))), false));
  for (const name of OUTCOMES) {
    const own = began.filter(({ run }) => run.outcome === name);
    drawn.push(bars(name, colour(name), own.map(({ place, run }) => runItem(place, run, run.begin, run.end)), true));
  }
  const mark = { symbol: "x", size: 8, color: colour("failed"), line: { width: 1, color: colour("card") } };
  drawn.push({
    type: "scatter", mode: "markers", name: "marks of failed runs", x: failed.map((one) => one.end), y: failed.map((one) => one.y),
    marker: mark, hovertext: failed.map((one) => one.text), hoverinfo: "text", cliponaxis: false,
  });
  return drawn;
}

// Lanes of which nothing is to be seen in the shown time are left out, but not where that is all of it.
function seen(lanes, [begin, end]) {
  const spans = (lane) => [...lane.stretches.map((one) => one.slice(1, 3)), ...lane.runs.map((run) => [run.created ?? run.end, run.end])];
  const isAll = begin <= data.since && end >= data.until;
  return isAll ? lanes : lanes.filter((lane) => spans(lane).some(([first, last]) => first < end && last > begin));
}

function drawTimeline(filtered, range) {
  const lanes = seen(filtered, range);
  const places = placed(lanes);
  const height = Math.max(60, sum(places.map((place) => place.height)));
  const label = ({ lane }) => `<span style="color:${colour("ink")}">${lane.name}</span> ${lane.id}<br><span style="color:${ownerColour(lane.owner)}">\u25cf</span> ${lane.owner}`;
  const x = { type: "date", range, gridcolor: colour("line"), zeroline: false };
  const lines = places.map((place) => ({ type: "line", xref: "paper", x0: 0, x1: 1, y0: place.top, y1: place.top, layer: "below", line: { width: 1, color: colour("line") } }));
  const y = {
    range: [height, 0], fixedrange: true, tickvals: places.map((place) => place.top + place.height / 2), ticktext: places.map(label),
    tickfont: { size: 11 }, showgrid: false, zeroline: false, ticklabelstandoff: 8,
  };
  const margin = { l: LEFT, r: 14, t: 0, b: 0 };
  const shared = { margin, showlegend: false, dragmode: "zoom", hovermode: "closest" };
  const nothing = { text: "No cluster to show.", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: { size: 14 } };
  const shown = { ...shared, barmode: "overlay", xaxis: { ...x, showticklabels: false }, yaxis: y, shapes: lines, annotations: lanes.length ? [] : [nothing] };
  put("lanes", height, traces(places), shown);
  const top = { ...x, side: "top", fixedrange: true, showgrid: false, ticks: "outside", tickcolor: colour("line") };
  const ends = [{ type: "scatter", mode: "markers", x: [data.since, data.until], y: [0, 0], hoverinfo: "skip", marker: { opacity: 0 } }];
  const hidden = { visible: false, fixedrange: true };
  put("axis", 40, ends, { ...shared, margin: { ...margin, t: 38 }, xaxis: top, yaxis: hidden });
}
