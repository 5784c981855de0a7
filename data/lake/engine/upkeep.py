"""Keeps the lake small: only while nobody publishes, for a join of files beside a deletion loses rows (duckdb/ducklake#1094)."""

from data.lake.engine.connecting import attach, connect, take_turn


def tidy(request: dict) -> dict:
    """Forget snapshots older than some days, join small files and remove those that nothing needs any more."""
    connection = connect(request)
    turn = take_turn(connection, request["wait"])
    attach(connection, request, read_only=False)
    older = f"now() - INTERVAL {int(request['keep_days'])} DAY"
    expired = len(
        connection.execute(
            f"SELECT snapshot_id FROM ducklake_expire_snapshots('lake', older_than => {older})"
        ).fetchall()
    )
    connection.execute("CALL ducklake_rewrite_data_files('lake')").fetchall()
    connection.execute("CALL ducklake_merge_adjacent_files('lake')").fetchall()
    removed = len(connection.execute(f"CALL ducklake_cleanup_old_files('lake', older_than => {older})").fetchall())
    removed += len(connection.execute(f"CALL ducklake_delete_orphaned_files('lake', older_than => {older})").fetchall())
    turn.execute("ROLLBACK")
    return {"expired": expired, "removed": removed}
