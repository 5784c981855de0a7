#!/bin/sh
# Installs what the browser tests need where that can be done without asking: on Debian, as root.
has_browser() { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome || command -v msedge; }
has_font() { command -v fc-list && fc-list :lang=zh | grep -q .; }
# The old builds of Chromium (old_chromium.py) bring their libraries but this one.
has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q 'libnspr4\.so'; }
{ has_browser && has_font && has_library; } >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "安装浏览器测试所需的 chromium 与中文字体…"
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig libnspr4 >/dev/null && exit 0
fi
echo "没有 Chromium、中文字体或 libnspr4，浏览器测试将跳过；请安装 chromium 与 fonts-noto-cjk（Debian：apt-get install chromium fonts-noto-cjk）。"
[ "$CI" = "true" ] && exit 1
exit 0
