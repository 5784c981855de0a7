// First of all scripts, for browsers that are older than the framework expects. Plain ES5: Internet Explorer must read it.
// What Chromium 106 lacks of what Streamlit 1.66 calls is put in; whoever is too old for the dashboard is told so and led to the report.
(function () {
  var OLDEST = 106;

  // Chromium 110, 120 and 119. Without the first one, every page dies under an error message as soon as it is there.
  function give(owner, name, value) {
    if (owner && !owner[name]) Object.defineProperty(owner, name, { value: value, configurable: true, writable: true });
  }
  give(Array.prototype, "toSorted", function (compare) { return Array.prototype.slice.call(this).sort(compare); });
  give(window.URL, "canParse", function (address, base) {
    try { return Boolean(base === undefined ? new URL(address) : new URL(address, base)); } catch (error) { return false; }
  });
  give(window.Promise, "withResolvers", function () {
    var made = {};
    made.promise = new this(function (resolve, reject) { made.resolve = resolve; made.reject = reject; });
    return made;
  });

  function say(words, mayTry) {
    if (document.getElementById("too_old")) return;
    var box = document.createElement("div");
    box.id = "too_old";
    box.setAttribute("role", "alert");
    box.style.cssText = "position:fixed;z-index:2000000;left:0;top:0;width:100%;height:100%;overflow:auto;background:#F4F6F9;color:#1B2430;" +
      "font:17px/1.8 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif";
    box.innerHTML = '<div style="max-width:720px;margin:15vh auto 0;padding:0 20px"><h1 style="font-size:22px">浏览器版本过低，打不开看板</h1>' +
      "<p>" + words + "看板需要 Chromium " + OLDEST + " 或更新的内核。</p>" +
      "<p>定稿的报告现在就能看：<a href=\"./report\" style=\"color:#1F5FA8\">打开最近一期报告</a>，或<a href=\"./report?list\" style=\"color:#1F5FA8\">各期报告</a>。</p>" +
      "<p>360、QQ 等双核浏览器请先切换到“极速模式”再试；不行的，请信息中心升级浏览器。</p></div>";
    if (mayTry) {
      var on = document.createElement("button");
      on.textContent = "仍要打开看板";
      on.style.cssText = "margin-top:10px;padding:6px 16px;border:1px solid #B9C3CE;border-radius:4px;background:#fff;color:#1F5FA8;font:inherit;" +
        "font-size:15px;cursor:pointer";
      on.onclick = function () { box.parentNode.removeChild(box); };
      box.firstChild.appendChild(on);
    }
    document.body.appendChild(box);
  }
  function sayWhenThere(words, mayTry) {
    if (document.body) say(words, mayTry);
    else document.addEventListener("DOMContentLoaded", function () { say(words, mayTry); });
  }
  function hasStarted() {
    var root = document.getElementById("root");
    return Boolean(root && root.firstChild);
  }

  var version = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);
  if (!("noModule" in document.createElement("script"))) sayWhenThere("这个浏览器（或它的兼容模式）看不懂本页。", false);
  else if (version && Number(version[1]) < OLDEST) {
    // From 94 on the framework can at least be read; whether it works nobody has tried.
    sayWhenThere("这台电脑的浏览器内核是 Chromium " + version[1] + "，", Number(version[1]) >= 94);
  } else {
    window.addEventListener("error", function (event) {
      if (event.error instanceof SyntaxError && !hasStarted()) sayWhenThere("这个浏览器看不懂本页。", false);
    });
  }
})();
