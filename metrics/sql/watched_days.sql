-- One row per watched series and day with cases: places (site), townships (area), branch × pollution type (branch),
-- and, for what they are compared with, types (type), sources (source) and all cases together (all).
-- Who complains about the same place again within $echo_days days counts once: one quarrel is no outbreak.
WITH counted AS (
    SELECT
        *,
        coalesce(
            petitioner_key IS NOT NULL AND site_key IS NOT NULL
            AND received_on - lag(received_on) OVER (
                PARTITION BY site_key, petitioner_key ORDER BY received_at, case_key
            ) < $echo_days,
            FALSE
        ) AS is_echo
    FROM {case_facts}
    WHERE is_counted AND received_on BETWEEN $from_on AND $to_on AND [where]
),
kept AS (SELECT * FROM counted WHERE NOT is_echo),
-- Places that ever had enough cases within the window: the others cannot make a warning.
crowded AS (
    SELECT site_key FROM kept WHERE site_key IS NOT NULL
    QUALIFY count(*) OVER (
        PARTITION BY site_key ORDER BY received_on RANGE BETWEEN $echo_days - 1 PRECEDING AND CURRENT ROW
    ) >= $least_site
),
typed AS (SELECT branch, received_on, unnest(pollution_type) AS type FROM kept)
SELECT 'site' AS kind, site_key AS name, '' AS label, received_on, count(*) AS cases
FROM kept
WHERE site_key IN (SELECT site_key FROM crowded)
GROUP BY ALL
UNION ALL
SELECT 'area', area, '', received_on, count(*) FROM kept WHERE area IS NOT NULL GROUP BY ALL
UNION ALL
SELECT 'branch', branch, type, received_on, count(*) FROM typed WHERE branch <> '待归属' GROUP BY ALL
UNION ALL
SELECT 'type', type, '', received_on, count(*) FROM typed GROUP BY ALL
UNION ALL
SELECT 'source', source, '', received_on, count(*) FROM kept GROUP BY ALL
UNION ALL
SELECT 'all', '', '', received_on, count(*) FROM kept GROUP BY ALL
