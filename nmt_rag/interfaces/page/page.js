// What the web page does in the browser: the page's language, jumps to a sentence, choosing one, copying, saving,
// sharing, and the quick exit. It keeps nothing and sends nothing.
(() => {
  const $ = (selector, inside = document) => inside.querySelector(selector);
  const $$ = (selector) => [...document.querySelectorAll(selector)];
  const live = document.createElement("div");
  live.className = "sr";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  const say = (text) => { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 50); };
  const narrow = () => matchMedia("(max-width: 999px)").matches;
  const gently = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
  document.documentElement.lang = "sv";

  const language = () => {
    const header = $("[data-language]");
    if (!header || header.dataset.language === document.documentElement.dataset.shown) return;
    document.documentElement.dataset.shown = document.documentElement.lang = header.dataset.language;
    title();
  };
  // The title says the part of the page, or that there is an answer; a question stands in no title and in no address.
  const title = () => {
    const name = $("h1")?.textContent ?? "";
    const part = document.body.dataset.view ?? "ask";
    const head = $({ ask: "#reply h2", compare: "#compare h2" }[part] ?? "nav [aria-current]")?.textContent;
    document.title = [head?.replace(/\.$/, ""), name].filter(Boolean).join(" – ");
  };

  // The parts of the page: which one is shown is kept on <body>, and told by the pressed button. The comparison has no
  // button: it stands under the answer that led to it.
  const view = (name) => {
    document.body.dataset.view = name;
    $$("nav [data-view]").forEach((button) => {
      if (button.dataset.view === name) button.setAttribute("aria-current", "page");
      else if (name === "compare" && button.dataset.view === "ask") button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    const line = $(".state");
    if (line) line.hidden = stated !== name;
    title();
  };

  // An address for each part and each answer, for the browser's own buttons. Which question an answer had, and whether the
  // visitor's own documents were asked, is known to this script alone, until the page is closed.
  const PARTS = ["who", "map", "own", "compare"];
  const asked = new Map();
  let current = ""; // the place of the answer that is shown
  let following = null; // the place that the browser's own buttons lead to, until its answer is shown
  const passed = new Set(); // those places that they went past before the answer came: it may come still
  let switching = false; // the same answer is about to be said in the other language
  const remember = (place) => { if (following === null && location.hash !== place) history.pushState({}, "", place || location.pathname); };
  const type = (name, text) => {
    const field = $(`${name} textarea, ${name} input`);
    const prototype = field.matches("textarea") ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    Object.getOwnPropertyDescriptor(prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let asking = 0; // the timer of a question that is typed and not yet sent
  const ask = (text) => {
    type("#question", text);
    clearTimeout(asking);
    asking = setTimeout(() => $("#ask").click(), 60);
  };
  // A question is on its way until an answer is drawn: the old answer is greyed if that takes a while, and where it failed
  // the page says so in its own words, in place of Gradio's toasts. Any fresh answer ends it, whichever question it is of.
  const LONGEST = 10000; // more of a question is not sent: the server refuses what is longer than its limit in words, however it is counted
  let searching = 0; // the timer of the question on its way
  const toasts = new WeakSet();
  let stated = "ask"; // the part of the page that the line is about, and stands in
  const state = (text, part = "ask") => {
    const line = $(".state");
    stated = part;
    if (line) line.hidden = part !== (document.body.dataset.view ?? "ask");
    if (!line || line.textContent === text) return;
    line.textContent = text;
    if (text) say(text);
  };
  const settled = () => {
    clearTimeout(searching);
    searching = 0;
    document.body.classList.remove("searching");
    $("#reply")?.removeAttribute("aria-busy");
    state("");
  };
  window.nmtAsked = ([text, ...rest]) => {
    settled();
    const sent = (place) => asked.get(place).question === (text ?? "").trim();
    if (following === null || !sent(following)) { // it was asked by hand
      following = null;
      [...passed].filter(sent).forEach((place) => passed.delete(place));
    }
    $("#reply").setAttribute("aria-busy", "true");
    searching = setTimeout(() => {
      document.body.classList.add("searching");
      state($(".state").dataset.searching);
    }, 300);
    return [(text ?? "").slice(0, LONGEST), ...rest];
  };
  window.nmtAnswered = (sent) => { settled(); return sent; };
  const failed = () => {
    const part = searching ? "ask" : document.body.dataset.view;
    const words = part === "own" ? $("[data-undelivered]").dataset.undelivered : $(".state").dataset.error;
    clearTimeout(searching);
    if (searching) document.body.classList.add("searching"); // what stands there answers another question
    searching = 0;
    $("#reply")?.removeAttribute("aria-busy");
    state(words, part);
    $(".state").scrollIntoView({ block: "nearest" });
  };
  const tell = (name, event, detail) => {
    const told = new CustomEvent(event, { detail });
    $$(`#${name} *`).forEach((element) => element.dispatchEvent(told)); // one of them listens, by Gradio's own choice
  };
  const begin = () => {
    settled();
    clearTimeout(asking);
    document.body.classList.remove("answered");
    current = "";
    tell("fresh", "fresh", String(Date.now()));
  };
  // An address that leads to no answer any more is no address.
  const drop = () => history.replaceState(history.state, "", location.pathname + location.search);
  // Ask once more where it was asked: other documents are chosen first, and the page begins anew for them.
  let waiting = null;
  const again = ({ question, own }) => {
    const choice = $(`#where input[value=${own ? "own" : "sources"}]`);
    if (!choice && own) { // the documents are removed
      following = null;
      drop();
      begin();
    } else if (!choice || choice.checked) ask(question);
    else { waiting = question; choice.click(); }
  };
  addEventListener("popstate", () => {
    const place = location.hash.slice(1);
    if (following !== null) passed.add(following);
    following = null;
    if (asked.has(place)) {
      view("ask");
      if (place === current && !passed.size) return;
      passed.delete(place);
      following = place;
      again(asked.get(place));
    } else {
      const part = PARTS.includes(place) ? place : "ask";
      if (place && part === "ask") drop();
      view(part);
      if (part === "ask" && document.body.classList.contains("answered")) begin();
    }
  });
  // Gradio lays the whole page in one <main>. What it draws into it stays the same elements, in landmarks of their own.
  const landmarks = () => {
    const whole = $("main.contain");
    if (!whole || !["#top", "#content", "#foot p"].every((part) => $(part, whole))) return; // not all is there yet
    const focused = document.activeElement;
    const plain = document.createElement("div");
    plain.className = whole.className;
    plain.append(...whole.childNodes);
    whole.replaceWith(plain);
    $("#top").setAttribute("role", "banner");
    $("#content").setAttribute("role", "main");
    $("#foot").setAttribute("role", "contentinfo");
    if (plain.contains(focused)) focused.focus({ preventScroll: true });
  };
  const visible = (element) => element.getClientRects().length > 0;
  const pane = () => $$(".pane").find(visible) ?? $("#source");

  // A sentence in view: within the source's own pane where it has one, else on the page.
  const bring = (mark, behavior, stay = false) => {
    const box = mark.closest(".pane");
    if (!narrow() && box.scrollHeight > box.clientHeight + 1) {
      const above = mark.getBoundingClientRect().top - box.getBoundingClientRect().top;
      const bar = $(".picker", box)?.offsetHeight ?? 0;
      const far = Math.abs(above) > 3 * box.clientHeight; // a long slide shows nothing and takes a second
      const how = far ? "auto" : behavior;
      const top = Math.max(0, Math.min(box.scrollTop + above - bar - 72, box.scrollHeight - box.clientHeight));
      box.scrollTo({ top, behavior: how });
      // The pane may reach below the window: then the page moves, too.
      const then = mark.getBoundingClientRect().bottom - (top - box.scrollTop);
      if (!stay && then > innerHeight - 16) scrollBy({ top: then - innerHeight / 2, behavior: how });
    } else if (!stay || mark.getBoundingClientRect().bottom > innerHeight - 16) {
      const far = Math.abs(mark.getBoundingClientRect().top) > 3 * innerHeight;
      mark.scrollIntoView({ block: "center", behavior: far ? "auto" : behavior });
    }
  };

  // Gradio draws the answer and the source one after the other: each is looked at when it has changed.
  let told = null;
  let serial = null;
  let marked = null;
  let markedAt = null;
  let wanted = null;
  let origin = null;
  let ready = false;
  const heard = new WeakMap();
  const shown = () => {
    const news = $("#reply [data-announce]");
    const number = $("#svar")?.dataset.serial ?? news?.dataset.announce;
    if (news && (news !== told || number !== serial)) {
      if ($("#examples")?.contains(document.activeElement)) $("#svar")?.focus({ preventScroll: true }); // they are hidden now
      settled();
      document.body.classList.add("answered");
      fold();
      say(news.dataset.announce);
      if ($("#svar")?.dataset.asked) arrived($("#svar").dataset.asked, number);
      else following = null;
      switching = false;
      title();
      if (narrow()) {
        if (document.activeElement?.matches("textarea, input")) { // the keyboard goes
          if ($("#svar")) $("#svar").focus({ preventScroll: true });
          else document.activeElement.blur();
        }
        $("#reply").scrollIntoView({ block: "start", behavior: gently() });
      } else if ($("#reply").getBoundingClientRect().top > innerHeight / 3) {
        $("#views").scrollIntoView({ block: "start", behavior: "auto" }); // so that the answer and its source have room
      }
    }
    told = news;
    serial = number;
    for (const error of $$(".toast-wrap .toast-item").filter((one) => !toasts.has(one))) {
      toasts.add(error);
      failed();
    }
    if (voted.has(current)) thank();
    if ($("#reply .waiting")) { // nothing is answered, perhaps since other documents were chosen
      document.body.classList.remove("answered");
      current = "";
      if (waiting !== null) ask(waiting);
      waiting = null;
    }
    const follows = $("#more [data-follows]"); // it comes after its answer, perhaps after the next one
    if (follows) follows.hidden = follows.dataset.follows !== $("#svar")?.dataset.asked;
    const mark = $("#source mark.cited[id]") ?? $("#source mark[id]");
    const place = mark && `${mark.id} ${mark.textContent}`;
    if (mark && (mark !== marked || place !== markedAt) && !narrow()) bring(mark, "auto", true);
    marked = mark;
    markedAt = place;
    const sought = $("#place mark[id]");
    if (wanted && sought && $("#place .picker").dataset.shown === wanted) land(sought);
    $$("[data-said], .map, .columns").forEach((element) => {
      const { said = "", serial: each = "" } = element.dataset; // the same words may be said once more
      if (heard.get(element) === each + said) return;
      heard.set(element, each + said);
      if (stated !== "ask" && element.closest(`.view-${stated}`)) state(""); // what failed there is done now
      if (ready && said && visible(element)) say(said);
    });
    view(document.body.dataset.view ?? "ask");
    $("#language")?.setAttribute("lang", document.documentElement.lang === "sv" ? "en" : "sv"); // it says where it leads
    const words = $("[data-here]")?.dataset;
    const box = $("#own-files button .wrap");
    if (words && box && box.dataset.worded !== words.here) {
      const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      const said = [words.here, `– ${words.or} –`, words.choose], whole = said.join(" ");
      for (let node = texts.nextNode(); node; node = texts.nextNode()) if (node.data.trim()) node.data = said.shift() ?? "";
      box.dataset.worded = words.here;
      // Gradio names the button in the browser's language; a name holds what stands on the button.
      const label = `${$("#own-files [data-testid=block-label]")?.textContent.trim()}: ${whole}`;
      box.closest("button").setAttribute("aria-label", label);
    }
    if (words) {
      $$("#own-files .icon-button-wrapper button").filter((one) => one.ariaLabel !== words.choose).forEach((one) => {
        one.setAttribute("aria-label", words.choose); // the one that removes nothing is hidden
        if (one.title) one.title = words.choose;
      });
    }
  };
  // Where an answer stands among those that the browser's own buttons lead to. One that was gone past is drawn and then
  // drawn over; it gets no place of its own, and neither does what comes before the answer that they lead to.
  const arrived = (question, number) => {
    const own = "own" in $("#svar").dataset;
    const same = (place) => asked.get(place).question === question && asked.get(place).own === own;
    const before = following !== null && same(following) ? following : [...passed].find(same);
    if (before !== undefined) {
      passed.delete(before);
      if (before === following) {
        following = null;
        passed.clear();
      }
      current = before;
    } else if (following !== null) {
      current = "";
      return;
    } else if (!switching) current = `svar-${number}`;
    asked.set(current, { question, own });
    if (before === undefined && !switching) remember(`#${current}`);
    else if (following === null && !location.hash && document.body.dataset.view === "ask") begin(); // gone past to the start
  };

  // The numbers that fold out lie over the page where the strip stays in view: they fold in again when one goes on.
  const fold = (target) => {
    const more = $(".strip details[open]");
    if (more && !narrow() && !target?.closest?.(".strip")) more.open = false;
  };
  document.addEventListener("keyup", (event) => { if (event.key === "Tab") fold(document.activeElement); });

  // An answer is counted once: it keeps its place when it is said in the other language, or come back to.
  const voted = new Set();
  const thank = () => {
    const line = $("#svar .helped");
    if (line && line.textContent !== line.dataset.thanks) line.textContent = line.dataset.thanks;
  };

  const choose = (sentence) => {
    const same = (one) => one.dataset.ordinal === sentence.dataset.ordinal && one.closest("article") === sentence.closest("article");
    const box = sentence.closest(".pane");
    const all = [...box.querySelectorAll(".sentence")];
    all.forEach((one) => one.classList.toggle("chosen", same(one)));
    const words = $(".picker template", box).dataset;
    const text = all.filter((one) => one.matches(".chosen")).map((part) => part.textContent).join(" ");
    const { actor, where, url } = sentence.dataset;
    const about = actor ? `${words.about}: ${actor}` : words.nobody;
    $(".picked", box).textContent = about;
    const link = $(".picked-link", box);
    link.hidden = !/^https?:/i.test(url);
    if (!link.hidden) link.href = url;
    const copy = $(".picked-copy", box);
    copy.hidden = false;
    copy.dataset.copy = `”${text}”\n${words.source}: ${where}. ${url}`.trim();
    return `${about}. ${text}`;
  };

  const step = (by) => {
    const all = [...pane().querySelectorAll(".sentence")];
    if (!all.length) return;
    const now = all.findIndex((one) => one.matches(".chosen"));
    const from = now < 0 ? all.findIndex((one) => $("mark", one)) - by : now;
    const next = all[Math.min(all.length - 1, Math.max(0, now < 0 && from < -1 ? 0 : from + by))];
    say(choose(next));
    bring(next, gently());
  };

  const leave = () => {
    asked.clear();
    document.querySelectorAll("textarea, input").forEach((field) => { field.value = ""; });
    document.body.replaceChildren();
    document.title = "";
    location.replace("about:blank");
  };

  const save = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/html;charset=utf-8" }));
    link.download = `svar-${new Date().toISOString().slice(0, 10)}.html`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // A sentence that the server is asked to show in the source beside, for a row of the table or a line of the map.
  let stood = 0; // where the row was that asks: the table gets narrower when the source comes beside it
  let still = false; // the sentence is shown, and the focus stays where it is
  const place = (where, from, stay = false) => {
    origin = from;
    wanted = where;
    still = stay;
    stood = from.getBoundingClientRect().top;
    const here = $("#place .picker")?.dataset.shown === where && $("#place mark[id]");
    if (here) return land(here);
    tell("wanted", "seek", where);
  };
  const land = (mark) => {
    wanted = null;
    if (stated !== "ask") state("");
    if (!narrow() && visible(origin)) scrollBy({ top: origin.getBoundingClientRect().top - stood, behavior: "auto" });
    choose(mark.closest(".sentence"));
    bring(mark, gently(), still);
    if (!still) mark.focus({ preventScroll: true });
  };

  const copied = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // a page that is not served over https has no clipboard
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const before = button.textContent;
    if (before === button.dataset.done) return;
    button.textContent = button.dataset.done;
    say(button.dataset.done);
    setTimeout(() => { button.textContent = before; }, 2000);
  };

  // What stands on paper only: when it was printed, and from where. The address holds no question.
  addEventListener("beforeprint", () => {
    const line = $(".printed");
    if (line) line.textContent = `${line.dataset.words} ${new Date().toLocaleDateString("sv-SE")}. ${location.origin}${location.pathname}`;
  });

  // The question of a shared link (?q=…), which then leaves the address; or the one that was kept when the page had to be
  // loaded anew. What a visitor asked their own documents is not asked the page's, it stands in the field.
  window.nmtShared = () => {
    const question = new URLSearchParams(location.search).get("q") ?? "";
    const { kept = "", lost = false } = history.state ?? {};
    if (question || kept || lost) history.replaceState({}, "", location.pathname);
    if (!lost) return question || kept;
    type("#question", kept);
    state($(".state").dataset.ownLost, document.body.dataset.view ?? "ask");
    return "";
  };

  // Gradio takes one event that does not get through for the end: it does nothing more, and loads the page anew as soon as
  // the server answers, which removes the visitor's documents. So an event that does not get through fails like any other,
  // and the page stays. The next one asks first whether the server is still the same: one that was started anew knows
  // neither documents nor language. Where a stream breaks off while files are read, Gradio does load the page anew.
  const EVENT = /\/gradio_api\/(?:run\/predict|queue\/join)\b/;
  const SERVER = "/gradio_api/app_id";
  const fetched = window.fetch.bind(window);
  let unreached = false;
  const keep = () => {
    const kept = $("#question textarea, #question input")?.value ?? "";
    history.replaceState({ kept, lost: $("#where input") !== null }, "");
  };
  window.fetch = async (...request) => {
    const address = String(request[0]?.url ?? request[0]);
    if (!EVENT.test(address)) {
      const reply = await fetched(...request);
      if (address.includes(SERVER) && reply.ok) keep(); // the page is loaded anew now
      return reply;
    }
    try {
      const server = unreached && await (await fetched(address.replace(EVENT, SERVER).replace(/\?.*/, ""))).json();
      if (server && server.app_id !== window.gradio_config.app_id) {
        keep();
        location.reload();
        return new Promise(() => {});
      }
      const reply = await fetched(...request);
      if (!reply.ok) throw new Error(reply.statusText);
      unreached = false;
      return reply;
    } catch {
      unreached = true;
      failed();
      return new Response('{"error": "unreached"}', { status: 503, headers: { "Content-Type": "application/json" } });
    }
  };

  // The comparison begins with the question that was answered, unless that was of the visitor's own documents.
  const compare = () => {
    const question = $("#svar:not([data-own])")?.dataset.asked;
    const field = $("#compare-question textarea, #compare-question input");
    if (question && field.value !== question) {
      type("#compare-question", question);
      setTimeout(() => $("#compare-ask").click(), 60);
    }
    field.focus();
  };

  document.addEventListener("click", (event) => {
    fold(event.target);
    const target = event.target.closest?.("button, .sentence, [data-tie], .skip");
    if (!target) return;
    if (target.matches(".skip")) {
      event.preventDefault();
      view("ask");
      $("#question textarea, #question input").focus();
      return;
    }
    const data = target.dataset;
    if ("leave" in data) leave();
    else if (target.matches("[data-view]")) {
      view(data.view);
      remember(data.view === "ask" ? current && `#${current}` : `#${data.view}`);
      if (data.view === "compare") compare();
    } else if ("new" in data) {
      begin();
      remember("");
      $("#question textarea, #question input").focus();
    }
    else if ("question" in data) {
      $("#svar")?.focus({ preventScroll: true }); // the button goes
      ask(data.question);
    }
    else if ("helped" in data) {
      tell("helped", "pick", data.helped);
      voted.add(current);
      say(target.closest(".helped").dataset.thanks);
      thank();
      $("#svar").focus({ preventScroll: true });
    }
    else if (target.matches("#language")) switching = current !== "";
    else if (target.matches("#own-remove")) $("#own-files button").focus({ preventScroll: true }); // the button goes
    else if ("place" in data) place(data.place, target);
    else if ("tie" in data) {
      const item = document.getElementById(data.tie);
      $$(".ties .chosen").forEach((one) => one.classList.remove("chosen"));
      item.classList.add("chosen");
      item.scrollIntoView({ block: "center", behavior: gently() });
      item.focus({ preventScroll: true });
      const button = item.closest(".ties > li").querySelector("[data-place]");
      if (!narrow()) place(button.dataset.place, target, true); // on a phone the source is not in view
    } else if ("askOwn" in data) {
      view("ask");
      $("#question textarea, #question input").focus();
    } else if ("return" in data) {
      const back = $("#reply").contains(origin) || !origin || !visible(origin) ? $("#svar") : origin;
      back?.scrollIntoView({ block: "center", behavior: gently() });
      back?.focus({ preventScroll: true });
    }
    else if ("goto" in data) {
      const mark = document.getElementById(data.goto);
      if (!mark) return;
      if (mark.matches("mark")) {
        const sentence = mark.closest(".sentence");
        if (sentence) choose(sentence);
        bring(mark, gently());
      } else mark.scrollIntoView({ block: "start", behavior: gently() });
      mark.focus({ preventScroll: true });
    } else if ("copy" in data) copied(target, data.copy);
    else if ("share" in data) copied(target, `${location.origin}${location.pathname}?q=${encodeURIComponent(data.share)}`);
    else if ("save" in data) save(data.save);
    else if ("print" in data) print();
    else if ("step" in data) step(Number(data.step));
    else if (target.matches(".sentence") && !String(getSelection())) say(choose(target));
  });

  // The filters of the table and the map.
  const pick = (event) => {
    const filters = event.target.closest?.("[data-pick]");
    if (filters) tell(filters.dataset.pick, "pick", [...filters.querySelectorAll("select, input")].map((one) => one.value).join("\n"));
  };
  document.addEventListener("change", (event) => { if (event.target.matches("select")) pick(event); });
  document.addEventListener("input", (event) => { if (event.target.matches("input")) pick(event); });

  document.addEventListener("keydown", (event) => {
    const tie = event.target.closest?.("[data-tie]");
    if (!tie || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    tie.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });

  const watch = () => {
    document.body.append(live);
    let soon = 0;
    new MutationObserver(() => {
      clearTimeout(soon);
      soon = setTimeout(() => { landmarks(); language(); shown(); }, 60);
    }).observe($("gradio-app") ?? document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["id", "data-announce", "data-said", "data-shown", "data-follows", "data-serial"], // Gradio may change an element instead of replacing it
    });
    language();
    const part = location.hash.slice(1); // an address that was sent or kept
    if (PARTS.includes(part)) view(part);
    else if (part) drop(); // of a visit that is over
    setTimeout(() => { ready = true; }, 1500); // what stands there from the beginning is read, not announced
  };
  if (document.body) watch(); else addEventListener("DOMContentLoaded", watch);
})();
