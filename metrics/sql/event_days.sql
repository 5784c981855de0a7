-- The days on which a KPI counted anything, and how many rows on each.
SELECT r.[period_of] AS day, count(*) AS many
FROM [source] AS r
WHERE r.[period_of] BETWEEN $from_on AND $to_on AND [where] AND ([condition])
GROUP BY day
ORDER BY day
