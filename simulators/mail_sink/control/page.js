"use strict";
// A mail is a stranger's text: it enters this page only as text, never as markup. Its HTML is shown
// in a frame that may do nothing at all; the server says so as well, in the frame's own policy.
const FAULTS = [
  ["refuse", "refuses (421)"], ["greylist", "greylists twice", 2], ["full", "full (452)"], ["spam", "spam (554)"],
  ["slow", "slow (1 s a line)", 1], ["hang", "hangs after the text"], ["drop", "drops the connection"],
  ["bad-auth", "no login is right"], ["no-starttls", "no STARTTLS"], ["away", "away"],
];
const VIEWS = [["text", "Text"], ["html", "HTML"], ["headers", "Headers"], ["raw", "Source"]];
const at = (id) => document.getElementById(id);
const lamp = document.querySelector(".lamp"), stateLine = document.querySelector(".state");
let mails = [], shown = null, view = "text", toldOf = 0;

function element(name, parent, text = "") {
  const node = document.createElement(name);
  node.textContent = text;
  parent.append(node);
  return node;
}

function button(label, parent, onclick) {
  const node = element("button", parent, label);
  node.type = "button";
  node.onclick = onclick;
  return node;
}

function call(method, path, body) {
  return fetch(path, {method, headers: {"Content-Type": "application/json"}, body: body && JSON.stringify(body)});
}

async function json(path) {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : null;
}

const toggles = new Map(FAULTS.map(([fault, label, value]) => {
  const toggle = button(label, at("faults"), () => toggle.getAttribute("aria-pressed") === "true"
    ? call("DELETE", `/api/faults/${fault}`) : call("POST", "/api/faults", {fault, value}));
  toggle.setAttribute("aria-pressed", "false");
  return [fault, toggle];
}));
at("unknown").onsubmit = (event) => {
  event.preventDefault();
  const address = event.target.elements.address.value.trim();
  if (address) call("POST", "/api/faults", {fault: "unknown-address", address});
  event.target.reset();
};
button("mend everything", at("actions"), () => call("DELETE", "/api/faults")).className = "mend";
button("forget all mails", at("actions"), () => call("DELETE", "/api/mails"));

function showState(state) {
  const active = new Set(state.faults.map((fault) => fault.fault));
  const away = active.has("away");
  lamp.className = `lamp ${away ? "offline" : active.size ? "faulty" : ""}`;
  stateLine.textContent = away ? "away" : `${state.mails} of ${state.taken}`;
  at("facts").textContent = `smtp ${state.host}:${state.port} · tls ${state.tls}`
    + ` · ${state.login === null ? "no login" : `login ${state.login}`} · ${state.bytes} B kept`;
  for (const [fault, toggle] of toggles) toggle.setAttribute("aria-pressed", String(active.has(fault)));
  const unknown = state.faults.filter((fault) => fault.fault === "unknown-address");
  at("active").replaceChildren();
  if (unknown.length) {
    const clear = button(`nobody is ${unknown.map((fault) => fault.address).join(", ")}`, at("active"),
      () => call("DELETE", "/api/faults/unknown-address"));
    clear.setAttribute("aria-pressed", "true");
  }
}

// News may come faster than the list: one reading at a time, and one more for what came meanwhile.
let reading = false, stale = false;
async function refresh() {
  stale = true;
  if (reading) return;
  reading = true;
  try {
    while (stale) {
      stale = false;
      mails = await json("/api/mails") ?? mails;
      showList();
    }
  } finally {
    reading = false;
  }
}

function showList() {
  const list = at("mails");
  list.replaceChildren();
  for (const mail of [...mails].reverse()) {
    const line = button("", element("li", list), () => open(mail.number));
    element("b", line, mail.subject || "(no subject)");
    element("time", line, new Date(mail.received_at).toLocaleTimeString());
    element("span", line, `${mail.number} · to ${mail.recipients.join(", ")}`);
    line.setAttribute("aria-current", String(mail.number === shown?.number));
  }
  document.querySelector(".empty").hidden = mails.length > 0;
  const newest = mails.at(-1)?.number ?? 0;
  if (newest > toldOf) open(newest);
  toldOf = newest;
  if (shown && !mails.some((mail) => mail.number === shown.number)) close();
}

function close() {
  shown = null;
  at("mail").hidden = true;
  at("hint").hidden = false;
}

async function open(number) {
  const mail = await json(`/api/mails/${number}`);
  if (!mail) return;
  shown = mail;
  at("hint").hidden = true;
  at("mail").hidden = false;
  at("mail").querySelector("h2").textContent = mail.subject || "(no subject)";
  const facts = at("mail").querySelector("dl");
  facts.replaceChildren();
  const header = (name) => mail.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
  for (const [name, value] of [
    ["From", header("from")], ["To", header("to")], ["Envelope", `${mail.sender || "<>"} → ${mail.recipients.join(", ")}`],
    ["Received", `${new Date(mail.received_at).toLocaleString()}${mail.encrypted ? " · encrypted" : ""}`
      + (mail.login ? ` · login ${mail.login}` : "")],
    ["Attached", mail.attachments.map((each) => `${each.name || "(no name)"} (${each.type}, ${each.bytes} B)`).join(", ")],
  ]) {
    if (!value) continue;
    element("dt", facts, name);
    element("dd", facts, value);
  }
  for (const line of at("mails").querySelectorAll("button")) line.removeAttribute("aria-current");
  const place = mails.findIndex((each) => each.number === number);
  if (place >= 0) at("mails").children[mails.length - 1 - place]?.firstElementChild.setAttribute("aria-current", "true");
  showView();
}

function showView() {
  const mail = shown, has = {text: mail.text !== null, html: mail.html !== null, headers: true, raw: true};
  const current = has[view] ? view : has.text ? "text" : has.html ? "html" : "headers";
  at("views").replaceChildren();
  for (const [name, label] of VIEWS) {
    if (!has[name]) continue;
    const tab = button(label, at("views"), () => { view = name; showView(); });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(name === current));
  }
  button(".eml", at("views"), () => location.assign(`/api/mails/${mail.number}.eml`));
  at("view").replaceChildren();
  drawings[current](mail, at("view"));
}

const drawings = {
  text: (mail, place) => element("pre", place, mail.text),
  headers(mail, place) {
    const table = element("table", place);
    for (const [name, value] of mail.headers) {
      const row = element("tr", table);
      element("td", row, name);
      element("td", row, value);
    }
  },
  html(mail, place) {
    const frame = element("iframe", place);
    frame.setAttribute("sandbox", "");
    frame.referrerPolicy = "no-referrer";
    frame.title = "The mail's HTML";
    frame.src = `/api/mails/${mail.number}.html`;
  },
  async raw(mail, place) {
    const source = element("pre", place, "…");
    source.textContent = await (await fetch(`/api/mails/${mail.number}.eml`)).text();
  },
};

const link = at("link"), source = new EventSource("/api/events");
source.onopen = () => { link.textContent = "live"; link.className = ""; };
source.onerror = () => { link.textContent = "connection lost, trying again …"; link.className = "lost"; };
source.addEventListener("state", (message) => { showState(JSON.parse(message.data)); refresh(); });
