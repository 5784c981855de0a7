// Puts the words that Streamlit and its grid keep in English into Chinese, wherever they appear.
// Plain ES2017, for browsers as old as Chromium 90. Texts of ours (stHtml) and inputs are never touched.
(function () {
  // Without this the framework first looks for its server below the page's own address and logs two errors.
  window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };
  var WORDS = {
    "Upload": "选择文件", "Browse files": "选择文件", "Add files": "继续添加",
    "Drag and drop a file here": "把文件拖到这里", "Drag and drop files here": "把文件拖到这里",
    "Delete file": "移除", "Remove file": "移除", "Show previous files": "上一页文件", "Show next files": "下一页文件",
    "No results": "没有匹配项", "Select all": "全选", "Clear all": "全部清除", "Clear value": "清除",
    "Choose options": "请选择", "Choose an option": "请选择", "Select...": "请选择", "Open": "展开", "Close": "关闭",
    "Selected values": "已选项", "Multiselect options": "可选项", "Selectbox options": "可选项",
    "Multiselect": "多选框", "Selectbox": "选择框", "Text input": "文本框",
    "Date range": "日期范围", "Choose date range": "选择日期范围", "Choose date": "选择日期", "Clear dates": "清除日期",
    "Clear date": "清除日期", "Quick select a date range": "快速选择", "Past Week": "过去一周",
    "Past Month": "过去一月", "Past 3 Months": "过去三月", "Past 6 Months": "过去半年", "Past Year": "过去一年",
    "Past 2 Years": "过去两年", "None": "无", "yyyy": "年", "mm": "月", "dd": "日",
    "Next page": "下一页", "Previous page": "上一页", "Pagination": "翻页",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "Search": "搜索", "Show/hide columns": "显示或隐藏列",
    "Download as CSV": "下载", "Show data": "查看数据",
    "Sort ascending": "升序", "Sort descending": "降序", "Autosize": "自动列宽", "Pin column": "固定列",
    "Unpin column": "取消固定", "Hide column": "隐藏列", "Format": "格式", "Column statistics": "列统计",
    "Statistics": "统计", "Copy column name": "复制列名", "Copy": "复制", "Copied": "已复制",
    "Copy to clipboard": "复制", "empty": "空", "Loading...": "正在载入",
    "Automatic": "自动", "Localized": "本地格式", "Plain": "原样", "Compact": "紧凑",
    "Running...": "正在计算", "RUNNING...": "正在计算", "Running": "正在计算", "Stop": "停止", "Rerun": "刷新",
    "Always rerun": "自动刷新", "Connecting": "正在连接", "CONNECTING": "正在连接", "Connection error": "连接中断",
    "Connection lost. Please wait for the app to reconnect, then try again.": "连接中断，请稍候自动重连。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "服务可能已停止，请联系管理员重新启动。",
    "Page not found": "没有这个页面", "Cancel": "取消", "Done": "完成", "Error": "错误",
    "View fullscreen": "全屏", "Expand": "展开", "Collapse": "收起",
    "Press Enter to apply": "按回车生效", "Press Enter to submit form": "按回车提交",
    "Skip to main content": "跳到正文", "Main menu": "菜单", "Print": "打印", "Settings": "设置", "About": "关于",
    "file upload": "上传文件", "Choose date and time": "选择日期和时间", "Previous month": "上个月", "Next month": "下个月",
    "Time": "时间", "Dismiss": "关闭", "Increment": "增加", "Decrement": "减少",
    "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
      "用方向键移动，按回车选定，按 Tab 换到时间，按 Esc 关闭。",
    "expanded": "已展开", "collapsed": "已收起"
  };
  var PATTERNS = [
    [/^(.+) per file(.*)$/, "每个文件不超过$1$2"],
    [/^Limit (.+) per file(.*)$/, "每个文件不超过$1$2"],
    [/^Upload (\d+) files?$/, "已选$1个文件"],
    [/^Remove (.+)$/, "移除$1"],
    [/^Delete (.+)$/, "移除$1"],
    [/^Select (\d+) match(es)?$/, "选中这$1项"],
    [/^Selected (.+?)\. (.+)$/, "已选$1"],
    [/^(\d+) options? available\.$/, "有$1个可选项"],
    [/^(\d+) selected\.?$/, "已选$1项"],
    [/^year,\s*/, "年，"], [/^month,\s*/, "月，"], [/^day,\s*/, "日，"], [/^hour,\s*/, "时，"], [/^minute,\s*/, "分，"],
    [/ start date$/, "（起）"], [/ end date$/, "（止）"],
    [/^Choose date and time, /, "选择日期和时间，"], [/^Choose date range, /, "选择日期范围，"], [/^Choose date, /, "选择日期，"],
    [/^Selected Date: .*$/, "已选日期"], [/^Selected Range: .*$/, "已选日期范围"],
    [/^This app has encountered an error\.[\s\S]*$/, "页面出错，详情已记入服务器日志；请把操作步骤告诉管理员。"],
    [/^Page (\d+) of (\d+)$/, "第$1页，共$2页"],
    [/^Page (\d+)$/, "第$1页"],
    [/^Go to page (\d+)$/, "转到第$1页"],
    [/^The page that you have requested does not seem to exist\.?.*$/, "没有这个页面，请从菜单进入。"]
  ];
  var ATTRIBUTES = ["title", "aria-label", "placeholder", "alt"];
  var OURS = '[data-testid="stHtml"], input, textarea, script, style';

  function chinese(text) {
    var plain = text.trim();
    if (!/[A-Za-z]{2}/.test(plain)) return null;
    if (Object.prototype.hasOwnProperty.call(WORDS, plain)) return text.replace(plain, WORDS[plain]);
    var found = PATTERNS.reduce(function (soFar, pattern) { return soFar.replace(pattern[0], pattern[1]); }, plain);
    return found === plain ? null : found;
  }
  function translateText(node) {
    if (!node.parentElement || node.parentElement.closest(OURS)) return;
    var found = chinese(node.nodeValue || "");
    if (found !== null && found !== node.nodeValue) node.nodeValue = found;
  }
  function translateAttributes(element) {
    for (var i = 0; i < ATTRIBUTES.length; i++) {
      var value = element.getAttribute(ATTRIBUTES[i]);
      var found = value && chinese(value);
      if (found) element.setAttribute(ATTRIBUTES[i], found);
    }
  }
  function translate(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(root);
    root.querySelectorAll("[title],[aria-label],[placeholder],[alt]").forEach(translateAttributes);
    var walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) translateText(walker.currentNode);
  }
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") translateAttributes(change.target);
      else if (change.type === "characterData") translateText(change.target);
      else change.addedNodes.forEach(translate);
    });
  }).observe(document.documentElement, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES
  });
})();
