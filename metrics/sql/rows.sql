-- One row per row of the relation that a figure counts.
WITH periods AS (
    SELECT
        unnest(range(len($first_ons))) AS period_no, unnest($first_ons::DATE[]) AS first_on,
        unnest($cut_ons::DATE[]) AS cut_on
)
SELECT [columns]
FROM [source] AS r
WHERE [dated] AND [where] AND ([condition])
ORDER BY [order]
[limit]
