-- One row per case of a person who came about a place more than once: the how manieth visit it was, and what came of it.
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
        SELECT person, site_key FROM visits GROUP BY person, site_key HAVING count(*) > 1
    ) AS often USING (person, site_key)
    WINDOW
        visit AS (PARTITION BY person, site_key ORDER BY received_at, case_key),
        earlier AS (
            PARTITION BY person, site_key ORDER BY received_at, case_key
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
)
GROUP BY case_key
