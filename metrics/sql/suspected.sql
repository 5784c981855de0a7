-- One row per case: how often the same person had come about the same place by then, and whether after a closing.
-- is_latest: nobody of its people has come about that place since.
SELECT
    f.*,
    $as_of_on - f.received_on AS days_in_hand,
    coalesce(h.times, 1) AS times,
    coalesce(h.came_back, FALSE) AS came_back,
    coalesce(h.is_latest, TRUE) AS is_latest
FROM {case_facts} AS f
LEFT JOIN (
    SELECT case_key, max(nth) AS times, bool_or(came_back) AS came_back, bool_and(is_latest) AS is_latest
    FROM (
        SELECT
            case_key,
            row_number() OVER visits AS nth,
            coalesce(min(closed_on) OVER earlier <= received_on, FALSE) AS came_back,
            lead(case_key) OVER visits IS NULL AS is_latest
        FROM (
            SELECT
                case_key, received_at, received_on, closed_on, site_key,
                unnest(string_split(petitioner_key, ' ')) AS person
            FROM {case_facts}
            WHERE is_valid AND petitioner_key IS NOT NULL AND site_key IS NOT NULL
        )
        WINDOW
            visits AS (PARTITION BY person, site_key ORDER BY received_at, case_key),
            earlier AS (
                PARTITION BY person, site_key ORDER BY received_at, case_key
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
    )
    GROUP BY case_key
) AS h USING (case_key)
