-- One row per case: how often the same person had come about the same place by then, and whether after a closing.
-- is_latest: none of those people has come about that place since.
SELECT
    f.*,
    $as_of_on - f.received_on AS days_in_hand,
    coalesce(h.times, 1) AS times,
    coalesce(h.came_back, FALSE) AS came_back,
    coalesce(h.is_latest, TRUE) AS is_latest
FROM {case_facts} AS f
LEFT JOIN {visits_again} AS h USING (case_key)
