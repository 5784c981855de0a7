-- One row per ledger line of these cases that says when the matter was put right, the latest first.
SELECT solved_at::DATE AS done_on, '领导包保台账' AS ledger FROM key_cases
WHERE is_solved AND solved_at::DATE <= $to_on AND list_contains($case_nos::VARCHAR[], case_no)
UNION ALL
SELECT resolved_at::DATE, '积案台账' FROM backlog
WHERE is_resolved AND resolved_at::DATE <= $to_on AND list_contains($case_nos::VARCHAR[], case_no)
ORDER BY done_on DESC
