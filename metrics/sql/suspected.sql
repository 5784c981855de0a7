-- One row per case: how often the same person had come about the same place by then, and whether after a closing.
-- Only people with $least_times visits about a place are numbered, for they are few; the others count as one visit.
-- is_latest: none of those people has come about that place since.
SELECT
    f.*,
    $as_of_on - f.received_on AS days_in_hand,
    coalesce(h.times, 1) AS times,
    coalesce(h.came_back, FALSE) AS came_back,
    coalesce(h.is_latest, TRUE) AS is_latest
FROM {case_facts} AS f
LEFT JOIN (
    WITH visits AS (
        SELECT
            case_key, received_at, received_on, closed_on, site_key,
            unnest(string_split(petitioner_key, ' ')) AS person
        FROM {case_facts}
        WHERE is_valid AND petitioner_key IS NOT NULL AND site_key IS NOT NULL
    )
    SELECT case_key, max(nth) AS times, bool_or(came_back) AS came_back, bool_and(is_latest) AS is_latest
    FROM (
        SELECT
            case_key,
            row_number() OVER visit AS nth,
            coalesce(min(closed_on) OVER earlier <= received_on, FALSE) AS came_back,
            lead(case_key) OVER visit IS NULL AS is_latest
        FROM visits
        SEMI JOIN (
            SELECT person, site_key FROM visits GROUP BY person, site_key HAVING count(*) >= $least_times
        ) AS often USING (person, site_key)
        WINDOW
            visit AS (PARTITION BY person, site_key ORDER BY received_at, case_key),
            earlier AS (
                PARTITION BY person, site_key ORDER BY received_at, case_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
    )
    GROUP BY case_key
) AS h USING (case_key)
