-- One row per period and group, and one per period alone (is_total 1): the counts of every state asked.
WITH periods AS (
    SELECT
        unnest(range(len($first_ons))) AS period_no, unnest($first_ons::DATE[]) AS first_on,
        unnest($cut_ons::DATE[]) AS cut_on
)
SELECT d.period_no, [is_total] AS is_total, [groups], [counts]
FROM [source] AS d
WHERE [where]
GROUP BY GROUPING SETS ([sets])
