"""审计: who did what and when, whether the log is whole, and who may see and do what. It reads no version of the store."""

from pages.parts import audit_log, audit_matrix, frame, panels, settings_log

PARTS = {"日志": audit_log.draw, "权限矩阵": audit_matrix.draw}

store = frame.begin_plain("审计", "audit")
part = settings_log.choose(list(PARTS))
with panels.panel("audit"):
    PARTS[part](store)
