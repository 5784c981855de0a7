-- One row per period and group, and one per period alone (is_total 1): the counts of every KPI asked.
WITH periods AS (
    SELECT
        unnest(range(len($first_ons))) AS period_no, unnest($first_ons::DATE[]) AS first_on,
        unnest($cut_ons::DATE[]) AS cut_on
),
days AS (
    SELECT period_no, unnest(generate_series(first_on, cut_on, INTERVAL 1 DAY))::DATE AS day FROM periods
)
SELECT d.period_no, [is_total] AS is_total, [groups], [counts]
FROM [source] AS r
JOIN days AS d ON d.day = r.[period_of]
WHERE r.[period_of] BETWEEN $from_on AND $to_on AND [where]
GROUP BY GROUPING SETS ([sets])
