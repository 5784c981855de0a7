-- One row per cell "leader" of the key cases listed by $cut_on: how many, and how many are not solved by then.
SELECT
    coalesce(leader, '') AS leader, count(*)::INTEGER AS cases,
    count(*) FILTER (NOT (coalesce(is_solved, false) AND solved_at::DATE <= $cut_on IS TRUE))::INTEGER AS unsolved
FROM key_cases
WHERE listed_at::DATE <= $cut_on AND ($all_branches OR list_contains($branches::VARCHAR[], branch))
GROUP BY 1
