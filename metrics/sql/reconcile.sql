-- One row: a period counted straight from the stored rows, without the facts that the KPIs use.
SELECT
    count(*) FILTER (WHERE is_received AND status = '不予受理') AS rejected,
    count(*) FILTER (
        WHERE is_received AND status NOT IN ('不予受理', '已办结') AND accepted_at IS NULL
        AND (status <> '办理中' OR list_contains(fields, 'accepted_at'))
    ) AS waiting,
    coalesce(sum(len(list_filter(list_distinct(coalesce(co_branches, [])), lambda name: name <> branch))) FILTER (
        WHERE is_received
    ), 0) AS helping,
    count(*) FILTER (WHERE is_rated AND rating = '满意') AS satisfied,
    count(*) FILTER (WHERE is_rated AND rating = '基本满意') AS fairly_satisfied,
    count(*) FILTER (WHERE is_rated AND rating = '不满意') AS not_satisfied,
    (SELECT count(*) FROM cases) AS stored,
    (SELECT count(received_at) FROM cases) AS dated
FROM (
    SELECT
        *,
        received_at::DATE BETWEEN $first AND $cut AND status <> '作废'
            AND ($count_rejected OR status <> '不予受理') AS is_received,
        coalesce(rated_at, revisited_at, closed_at, received_at)::DATE BETWEEN $first AND $cut
            AND NOT is_repeat AND status NOT IN ('作废', '不予受理')
            AND coalesce(rating_state, '') <> '不可评价' AS is_rated
    FROM cases
    -- Whatever moment counts, one of these lies in the period; of the other rows nothing is worked out.
    WHERE (received_at >= $first::DATE AND received_at < $cut::DATE + 1)
        OR (rated_at >= $first::DATE AND rated_at < $cut::DATE + 1)
        OR (revisited_at >= $first::DATE AND revisited_at < $cut::DATE + 1)
        OR (closed_at >= $first::DATE AND closed_at < $cut::DATE + 1)
)
