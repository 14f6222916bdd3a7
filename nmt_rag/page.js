// What the web demo does in the browser: the page's language, jumps to a sentence, choosing one, copying, saving,
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
    document.title = $("h1", header).textContent;
  };

  // The parts of the page: which one is shown is kept on <body>, and told by the pressed button.
  const view = (name) => {
    document.body.dataset.view = name;
    $$("[data-view]:is(button)").forEach((button) => {
      if (button.dataset.view === name) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    });
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
  let announced = null;
  let marked = null;
  let markedAt = null;
  let wanted = null;
  let origin = null;
  let ready = false;
  const heard = new WeakMap();
  const shown = () => {
    const news = $("#reply [data-announce]");
    if (news && (news !== told || news.dataset.announce !== announced)) {
      if ($("#examples")?.contains(document.activeElement)) $("#svar")?.focus({ preventScroll: true }); // they are hidden now
      document.body.classList.add("answered");
      say(news.dataset.announce);
      if (narrow()) {
        if (document.activeElement?.matches("textarea, input")) document.activeElement.blur();
        $("#reply").scrollIntoView({ block: "start", behavior: gently() });
      } else if ($("#reply").getBoundingClientRect().top > innerHeight / 3) {
        $("#views").scrollIntoView({ block: "start", behavior: "auto" }); // so that the answer and its source have room
      }
    }
    told = news;
    announced = news?.dataset.announce;
    const mark = $("#source mark.cited[id]") ?? $("#source mark[id]");
    const place = mark && `${mark.id} ${mark.textContent}`;
    if (mark && (mark !== marked || place !== markedAt) && !narrow()) bring(mark, "auto", true);
    marked = mark;
    markedAt = place;
    const sought = $("#place mark[id]");
    if (wanted && sought && $("#place .picker").dataset.shown === wanted) land(sought);
    $$("[data-said]").forEach((element) => {
      if (heard.get(element) === element.dataset.said) return;
      heard.set(element, element.dataset.said);
      if (ready && visible(element)) say(element.dataset.said);
    });
    view(document.body.dataset.view ?? "ask");
    const drop = $("#own-files [data-testid=block-label]"); // Gradio names the button in English
    if (drop) $("#own-files button.upload-container")?.setAttribute("aria-label", drop.textContent.trim());
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
    copy.dataset.copy = `«${text}»\n${words.source}: ${where}. ${url}`.trim();
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
  const place = (where, from) => {
    origin = from;
    wanted = where;
    const here = $("#place .picker")?.dataset.shown === where && $("#place mark[id]");
    if (here) return land(here);
    const seek = new CustomEvent("seek", { detail: where });
    $$("#wanted *").forEach((element) => element.dispatchEvent(seek)); // one of them listens, by Gradio's own choice
  };
  const land = (mark) => {
    wanted = null;
    choose(mark.closest(".sentence"));
    bring(mark, gently());
    mark.focus({ preventScroll: true });
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

  // The question of a shared link (?q=…), which then leaves the address.
  window.nmtShared = () => {
    const question = new URLSearchParams(location.search).get("q") ?? "";
    if (question) history.replaceState(history.state, "", location.pathname);
    return question;
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("button, .sentence, [data-tie]");
    if (!target) return;
    const data = target.dataset;
    if ("leave" in data) leave();
    else if (target.matches("[data-view]")) view(data.view);
    else if ("place" in data) place(data.place, target);
    else if ("tie" in data) {
      const item = document.getElementById(data.tie);
      $$(".ties .chosen").forEach((one) => one.classList.remove("chosen"));
      item.classList.add("chosen");
      item.scrollIntoView({ block: "center", behavior: gently() });
      item.focus({ preventScroll: true });
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
      soon = setTimeout(() => { language(); shown(); }, 60);
    }).observe($("gradio-app") ?? document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["id", "data-announce", "data-said", "data-shown"], // Gradio may change an element instead of replacing it
    });
    language();
    setTimeout(() => { ready = true; }, 1500); // what stands there from the beginning is read, not announced
  };
  if (document.body) watch(); else addEventListener("DOMContentLoaded", watch);
})();
