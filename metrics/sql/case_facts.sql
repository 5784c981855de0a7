-- One row per case.
-- Three layers: dates and flags; the ends of the limits; what each limit and rating came to as of $as_of.
-- A limit ends with its day ($by_moment false) or at its moment; it has run out when its end lies before $as_of.
SELECT
    *,
    -- timely | late | never (run out, not accepted) | pending (not run out) | unknown (accepted, no time given)
    CASE
        WHEN accept_due_at IS NULL THEN NULL
        WHEN accept_told_at <= accept_end_at THEN 'timely'
        WHEN accept_told_at IS NOT NULL THEN 'late'
        WHEN NOT is_open OR (status <> '未受理' AND NOT list_contains(fields, 'accepted_at')) THEN 'unknown'
        WHEN accept_end_at < $as_of THEN 'never'
        ELSE 'pending'
    END AS accept_state,
    -- ontime | late | never (run out, still open) | pending (open, not run out) | unknown (closed, no time given)
    CASE
        WHEN due_at IS NULL OR NOT (is_open OR is_closed) THEN NULL
        WHEN is_closed AND closed_at IS NULL THEN 'unknown'
        WHEN is_closed THEN CASE WHEN closed_at <= due_end_at THEN 'ontime' ELSE 'late' END
        WHEN due_end_at < $as_of THEN 'never'
        ELSE 'pending'
    END AS close_state,
    CASE
        WHEN due_at IS NULL OR NOT (is_open OR is_closed) THEN NULL
        WHEN answered_at <= due_end_at THEN 'ontime'
        WHEN answered_at IS NOT NULL THEN 'late'
        WHEN is_closed THEN 'unknown'
        WHEN due_end_at < $as_of THEN 'never'
        ELSE 'pending'
    END AS reply_state,
    -- The ministry's cohort: the cases accepted in a month, judged when $cohort_days have passed for each of them.
    CASE
        WHEN accepted_on IS NULL OR NOT (is_open OR is_closed) THEN NULL
        WHEN accepted_on + $cohort_days >= $as_of_on THEN 'pending'
        WHEN is_closed AND closed_at IS NULL THEN 'unknown'
        WHEN is_closed AND closed_on <= accepted_on + $cohort_days THEN 'ontime'
        ELSE 'late'
    END AS cohort_state,
    CASE WHEN is_closed AND closed_on >= accepted_on THEN closed_on - accepted_on END AS days_to_close,
    -- The date that puts a rating, or the want of one, into a period.
    CASE rating_outcome
        WHEN '超期未评价' THEN coalesce(rating_due_at, revisited_at, closed_at, received_at)
        WHEN '待评价' THEN coalesce(revisited_at, closed_at, received_at)
        ELSE coalesce(rated_at, revisited_at, closed_at, received_at)
    END::DATE AS rating_on
FROM (
    SELECT
        *,
        CASE WHEN $by_moment THEN due_at ELSE due_on + 1 - INTERVAL 1 MICROSECOND END AS due_end_at,
        CASE WHEN $by_moment THEN accept_due_at ELSE accept_due_on + 1 - INTERVAL 1 MICROSECOND END AS accept_end_at,
        -- The reply tells it for a case that was not accepted: its sender was told within the term or was not.
        CASE WHEN status = '不予受理' THEN coalesce(accepted_at, replied_at, closed_at) ELSE accepted_at END
            AS accept_told_at,
        CASE WHEN is_closed THEN coalesce(replied_at, closed_at) ELSE replied_at END AS answered_at,
        -- The day the case left the bureau's desk; unknown for one closed without a time.
        CASE
            WHEN is_open THEN DATE '9999-12-31'
            WHEN is_closed THEN closed_on
            ELSE coalesce(closed_at, replied_at)::DATE
        END AS open_until,
        -- 已评价 | 超期未评价 | 待评价 | unknown (a rating that no table knows); NULL: cannot be rated.
        CASE
            WHEN status IN ('作废', '不予受理') OR rating_state = '不可评价' THEN NULL
            WHEN rating_counted IN ('满意', '基本满意', '不满意') THEN '已评价'
            WHEN rating_counted IS NOT NULL OR rating_state IN ('已评价', '未识别') THEN 'unknown'
            WHEN rating_state = '超期未评价' OR rating_due_at::DATE < $as_of_on THEN '超期未评价'
            WHEN rating_state IN ('待评价', '未评价') AND is_closed THEN '待评价'
        END AS rating_outcome,
    FROM (
        SELECT
            *,
            received_at::DATE AS received_on,
            accepted_at::DATE AS accepted_on,
            accept_due_at::DATE AS accept_due_on,
            due_at::DATE AS due_on,
            closed_at::DATE AS closed_on,
            NOT is_repeat AS is_first,
            status <> '作废' AS is_valid,
            status <> '作废' AND ($count_rejected OR status <> '不予受理') AS is_counted,
            status <> '不予受理' AND (
                accepted_at IS NOT NULL OR status = '已办结'
                OR (status = '办理中' AND NOT list_contains(fields, 'accepted_at'))
            ) AS is_accepted,
            status = '已办结' OR (status IN ('未识别', '未注明') AND closed_at IS NOT NULL) AS is_closed,
            status IN ('未受理', '办理中') OR (status IN ('未识别', '未注明') AND closed_at IS NULL) AS is_open,
            CASE WHEN persons IS NULL THEN 1 WHEN persons BETWEEN 1 AND 9999 THEN persons END AS visitors,
            CASE WHEN $rating_first THEN coalesce(first_rating, rating) ELSE rating END AS rating_counted,
            is_extension_approved IS NOT NULL OR list_contains(fields, 'is_extension_approved') AS is_extension_known,
            coalesce(nullif(trim(site_name), ''), nullif(trim(site_address), '')) AS site,
            -- One place, however it is written: without spaces, brackets and middle dots.
            nullif(upper(regexp_replace(site, $site_marks, '', 'g')), '') AS site_key,
            -- The township of the address: what stands before 街道, 镇, 乡 or 园区, after city, county and district.
            nullif(regexp_extract(site_address, '[^省市县区]{2,8}?(?:街道|镇|乡|工业园区?|园区)'), '') AS area,
            list_distinct(
                pollution || list_transform(
                    pollution_sub, lambda label: coalesce(map($sub_labels, $sub_parents)[label], '未识别')
                )
            ) AS pollution_type
        FROM cases
    )
)
