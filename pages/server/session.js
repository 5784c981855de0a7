// Knows when the login ends: warns two minutes before, goes on at a click, and shows the form once it is over.
// Plain ES2017, for browsers as old as Chromium 91.
(function () {
  var ROOT = new URL("./", location.href);
  var WARN = 120, EVERY = 60, SOON = 1;  // seconds
  var bar = null, timer = null, asking = false;

  function toLogin() {
    var path = location.pathname.slice(ROOT.pathname.length - 1) + location.search;
    location.replace(new URL("login?said=ended&next=" + encodeURIComponent(path), ROOT).href);
  }
  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(ask, seconds * 1000);
  }
  function request(path, method) {
    if (asking) return;
    asking = true;
    fetch(new URL(path, ROOT).href, { method: method, cache: "no-store", credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 401) return toLogin();
      if (answer.status !== 200) throw new Error(String(answer.status));
      return answer.json().then(function (found) { show(found.seconds_left, method === "POST"); });
    }).catch(function () { later(EVERY); }).then(function () { asking = false; });
  }
  function ask() { request("access/state", "GET"); }
  function stay() { request("access/stay", "POST"); }

  function show(left, tried) {
    if (left > WARN) {
      if (bar) { bar.remove(); bar = null; }
      return later(Math.max(SOON, Math.min(EVERY, left - WARN)));
    }
    if (!bar) {
      bar = document.createElement("button");
      bar.type = "button";
      bar.id = "login_ends";
      bar.setAttribute("role", "alert");
      bar.style.cssText = "position:fixed;z-index:1000000;left:50%;bottom:24px;transform:translateX(-50%);padding:12px 22px;" +
        "border:1px solid #B5590B;border-radius:4px;background:#FDF5E4;color:#1B2430;font:15px/1.5 'Microsoft YaHei'," +
        "'PingFang SC','Noto Sans CJK SC',sans-serif;cursor:pointer;box-shadow:0 2px 10px rgba(27,36,48,.25)";
      bar.addEventListener("click", stay);
      document.body.appendChild(bar);
    }
    var minutes = Math.max(1, Math.ceil(left / 60));
    // A click that did not help: not idleness ends it but the longest time that a login may last.
    bar.textContent = tried ? "登录时间已满，" + minutes + "分钟后退出，请先保存，再重新登录"
      : minutes + "分钟后将因长时间未操作退出，点这里继续";
    later(Math.max(SOON, Math.min(20, left + 1)));
  }

  // The server closes a page's WebSocket when the login ends; then there is no need to wait for the next minute.
  window.WebSocket = new Proxy(window.WebSocket, {
    construct: function (Native, given) {
      var made = Reflect.construct(Native, given);
      made.addEventListener("close", function () { later(SOON); });
      return made;
    }
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) ask(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) ask(); });
  later(SOON);
})();
