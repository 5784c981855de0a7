# 用任务计划程序让看板开机启动、每天备份；不需要外网。以管理员身份运行。未在 Windows 上试过，见 docs/deployment.md。
param(
    [Parameter(Mandatory)] [string] $Code,      # 代码文件夹，里面有 .venv
    [Parameter(Mandatory)] [string] $Store,     # 数据仓
    [Parameter(Mandatory)] [string] $Backups,   # 备份放哪里，最好是另一块盘
    [string] $Address = "127.0.0.1",            # 在反向代理后面就用它
    [int] $Port = 8501
)
$ErrorActionPreference = "Stop"
$python = Join-Path $Code ".venv\Scripts\python.exe"
if (-not (Test-Path $python)) { throw "没有找到 $python，请先在 $Code 里建好 .venv 并装好依赖。" }

# 数据仓与备份：只有服务账号 LocalService（S-1-5-19）、系统（S-1-5-18）和管理员（S-1-5-32-544）能进。代码：服务账号只读。
foreach ($folder in $Store, $Backups) {
    New-Item -ItemType Directory -Force $folder | Out-Null
    icacls $folder /inheritance:r /grant "*S-1-5-19:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F" | Out-Null
}
icacls $Code /grant "*S-1-5-19:(OI)(CI)RX" | Out-Null

$account = New-ScheduledTaskPrincipal -UserId "NT AUTHORITY\LocalService" -LogonType ServiceAccount -RunLevel Limited
$with = "set KPI_STORE=$Store&& set PYTHONUTF8=1&& set PYTHONDONTWRITEBYTECODE=1&& "

$serve = "`"$python`" -m streamlit run serve.py --server.headless true --server.address $Address --server.port $Port"
$forever = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) -RestartCount 999 `
    -RestartInterval (New-TimeSpan -Minutes 1) -MultipleInstances IgnoreNew -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -Force -TaskName "kpi" -Principal $account -Settings $forever `
    -Trigger (New-ScheduledTaskTrigger -AtStartup) `
    -Action (New-ScheduledTaskAction -Execute "cmd.exe" -Argument "/d /c $with$serve" -WorkingDirectory $Code) | Out-Null

$save = "`"$python`" -m data backup `"$Backups`" --keep 30"
Register-ScheduledTask -Force -TaskName "kpi-backup" -Principal $account `
    -Settings (New-ScheduledTaskSettingsSet -StartWhenAvailable) `
    -Trigger (New-ScheduledTaskTrigger -Daily -At "02:30") `
    -Action (New-ScheduledTaskAction -Execute "cmd.exe" -Argument "/d /c $with$save" -WorkingDirectory $Code) | Out-Null

Start-ScheduledTask -TaskName "kpi"
Write-Output "已登记任务 kpi（开机启动）和 kpi-backup（每天 2:30）；失败时看任务的“上次运行结果”。"
