@echo off
rem 双击启动：首次运行会建立环境并装入演示数据，随后在浏览器打开看板。
chcp 65001 >nul
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe (
    py -3 -m venv .venv || python -m venv .venv || goto nopython
)
if not exist .venv\.ready (
    if exist wheels (
        .venv\Scripts\python -m pip install --no-index --find-links wheels -r requirements.txt || goto noinstall
    ) else (
        .venv\Scripts\python -m pip install -r requirements.txt || goto noinstall
    )
    type nul > .venv\.ready
)
.venv\Scripts\python -m data demo --if-empty || goto end
start "" http://127.0.0.1:8501
.venv\Scripts\python -m streamlit run serve.py --server.address 127.0.0.1 --server.port 8501
goto end
:nopython
echo 没有找到 Python，请先安装 Python 3.11 或更新版本（勾选 Add to PATH），再双击本文件。
goto end
:noinstall
echo 安装依赖失败；没有网络时，请把 wheels 文件夹放在本文件旁边再试。
:end
pause
