-- One row per activity of the ledgers (meeting, visit, letter, training), by the day it was planned for.
SELECT
    kind, activity_no, coalesce(subject, '') AS subject, branch, coalesce(co_branches, []) AS co_branches,
    coalesce(leader, '') AS leader, issued_at::DATE AS issued_on, planned_at::DATE AS planned_on, held_at::DATE AS held_on,
    coalesce(related_cases, '') AS related_cases, persons, coalesce(outcome, '') AS outcome
FROM activities
ORDER BY coalesce(planned_at, held_at), kind, activity_no
