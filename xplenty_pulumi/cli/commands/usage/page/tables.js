// The numbers in short, and the tables. Each takes the lanes that the filters leave.
function figures(lanes) {
  const runs = lanes.flatMap((lane) => lane.runs);
  const failed = runs.filter((run) => run.outcome === "failed").length;
  const [used, idle] = [sum(lanes.map((lane) => lane.hours)), sum(lanes.map((lane) => lane.idle))];
  const unused = withoutRuns(lanes);
  const cells = [
    ["hours", hours(used), `node-hours of ${plural(lanes.filter((lane) => lane.hours).length, "cluster")}`, false],
    ["idle", hours(idle), `of them idle: ${percent(idle, used)}`, idle > used / 2],
    ["runs", runs.length.toLocaleString("en"), runs.length === 1 ? "job run" : "job runs", false],
    ["failed", failed.toLocaleString("en"), `of them failed: ${percent(failed, runs.length)}`, failed > 0],
    ["never", unused.length.toLocaleString("en"), `${unused.length === 1 ? "cluster" : "clusters"} without a run`, unused.length > 0],
  ];
  at("figures").innerHTML = cells
    .map(([name, value, text, bad]) => `<div class="figure${bad ? " bad" : ""}"><b id="${name}-figure">${value}</b><span>${text}</span></div>`)
    .join("");
}

function withoutRuns(lanes) {
  return lanes.filter((lane) => lane.unused).sort((one, other) => other.hours - one.hours);
}

function table(id, heads, rows, nothing) {
  const cell = (tag, text, index) => `<${tag}${heads[index].startsWith("#") ? ' class="number"' : ""}>${text}</${tag}>`;
  const line = (tag, cells) => `<tr>${cells.map((text, index) => cell(tag, text, index)).join("")}</tr>`;
  const head = `<thead>${line("th", heads.map((one) => one.replace("#", "")))}</thead>`;
  at(id).innerHTML = rows.length
    ? `${head}<tbody>${rows.map((cells) => line("td", cells)).join("")}</tbody>`
    : `<tbody><tr><td class="empty">${nothing}</td></tr></tbody>`;
}

function idleTable(lanes) {
  const owners = [...new Set(lanes.filter((lane) => lane.hours).map((lane) => lane.owner))];
  const shares = owners.map((owner) => {
    const own = lanes.filter((lane) => lane.owner === owner && lane.hours);
    return { owner, count: own.length, used: sum(own.map((lane) => lane.hours)), idle: sum(own.map((lane) => lane.idle)) };
  });
  shares.sort((one, other) => other.idle - one.idle);
  const rows = shares.map((one) => [
    `${one.owner}<small>${plural(one.count, "cluster")}</small>`,
    hours(one.idle),
    hours(one.used),
    `${percent(one.idle, one.used)}<span class="share"><i style="width:${one.used ? (100 * one.idle) / one.used : 0}%"></i></span>`,
  ]);
  table("idle", ["Owner", "#Idle", "#Node-hours", "#Share"], rows, "No cluster was up.");
}

function unusedTable(lanes) {
  const rows = withoutRuns(lanes).map((lane) => [
    `${lane.name}<small>cluster ${lane.id}, ${lane.size}</small>`,
    lane.owner,
    lane.status,
    lane.created ? moment(lane.created) : "-",
    hours(lane.hours),
  ]);
  table("unused", ["Cluster", "Owner", "Status", "Created", "#Node-hours"], rows, "Each cluster has run something.");
}

function waitsTable(lanes) {
  const runs = lanes.flatMap((lane) => lane.runs.map((run) => ({ ...run, lane }))).filter((run) => run.waited > 0);
  runs.sort((one, other) => other.waited - one.waited);
  const rows = runs.slice(0, data.waits).map((run) => [
    `${run.package}<small>job ${run.id} on ${run.lane.name}</small>`,
    run.lane.owner,
    `<span class="${run.outcome}">${run.status}</span>`,
    moment(run.created),
    lasting(run.waited),
  ]);
  table("waits", ["Run", "Owner", "Status", "Created", "#Waited"], rows, "No run has waited.");
}
