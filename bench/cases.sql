-- One row per invented case: those from $first on of $many over $days days that end with $as_of, the newest year with the
-- fewest; in order of time, so that a part of them can be made at a time.
-- Every draw is a hash of the case's number and a name, so that the same call makes the same cases.
WITH drawn AS (
    SELECT
        i,
        $as_of::TIMESTAMP
            - to_seconds(($days * 86400 * power(1 - (i + hash(i, 'day') % 1000 / 1000) / $many, 0.92))::BIGINT)
            AS received_at,
        hash(i, 'hotline') % 100 < 58 AS is_hotline,
        hash(i, 'late') % 1000 AS late,
        hash(i, 'fate') % 1000 AS fate,
        hash(i, 'site') % 1000003 / 1000003 AS place,
        $branches[1 + (len($branches) * power(hash(i, 'branch') % 1000003 / 1000003, 1.4))::INTEGER % len($branches)]
            AS branch,
        $kinds[1 + (len($kinds) * power(hash(i, 'kind') % 1000003 / 1000003, 1.7))::INTEGER % len($kinds)] AS kind
    FROM range($first, least($first + $at_once, $many)) AS numbers(i)
),
timed AS (
    SELECT
        *,
        received_at + to_hours((3 + hash(i, 'accept') % 90 + CASE WHEN late < 25 THEN 360 ELSE 0 END)::BIGINT)
            AS would_accept_at,
        CASE WHEN is_hotline THEN 7 ELSE 60 END AS term
    FROM drawn
),
closed AS (
    SELECT
        *,
        CASE WHEN is_hotline THEN received_at ELSE would_accept_at END + to_days(term) AS due_at,
        would_accept_at + to_hours((term * 24 * CASE
            WHEN late > 985 THEN 1 + hash(i, 'close') % 100 / 80 ELSE 0.15 + hash(i, 'close') % 100 / 130 END)::BIGINT)
            AS would_close_at
    FROM timed
),
told AS (
    SELECT
        *,
        CASE WHEN would_accept_at <= $as_of AND fate >= 12 THEN would_accept_at END AS accepted_at,
        CASE WHEN would_close_at <= $as_of AND fate BETWEEN 20 AND 998 THEN would_close_at END AS closed_at,
        (term / 4 * (1 + floor(4 * power(place, 3))))::INTEGER AS spread
    FROM closed
)
SELECT
    (CASE WHEN is_hotline THEN '12345热线' ELSE '全国平台' END) || '|' || strftime(received_at, '%y%m%d')
        || lpad(i::VARCHAR, 10, '0') AS case_key,
    strftime(received_at, '%y%m%d') || lpad(i::VARCHAR, 10, '0') AS case_no,
    CASE WHEN is_hotline THEN '12345热线' ELSE '全国平台' END AS source,
    CASE WHEN is_hotline THEN '12345热线'
         ELSE ['网络', '微信', '电话', '来信', '来访', '上级交办', '网民留言', '未注明'][1 + (hash(i, 'channel') % 64 / 8)::INTEGER % 8]
    END AS channel,
    ['投诉', '投诉', '举报', '咨询', '建议'][1 + (hash(i, 'type') % 5)::INTEGER] AS case_type,
    received_at,
    received_at + to_hours(2) AS transferred_at,
    accepted_at,
    received_at + to_days(15) AS accept_due_at,
    due_at,
    closed_at AS replied_at,
    closed_at,
    CASE WHEN fate < 12 THEN '不予受理' WHEN fate < 20 THEN '退回/转出' WHEN closed_at IS NOT NULL THEN '已办结'
         WHEN accepted_at IS NOT NULL THEN '办理中' ELSE '未受理' END AS status,
    branch,
    branch AS branch_raw,
    branch AS district,
    'S' || lpad(i::VARCHAR, 12, '0') AS upstream_no,
    'Q' || lpad(i::VARCHAR, 9, '0') AS local_no,
    due_at AS due_given_at,
    CASE WHEN hash(i, 'extended') % 50 = 0 THEN 30 END AS extension_days,
    hash(i, 'extended') % 50 = 0 AS is_extension_approved,
    CASE WHEN fate < 12 THEN '不属于生态环境部门职责' END AS reject_reason,
    '主办' AS handling_role,
    114.6 + place AS lon,
    29.6 + hash(i, 'lat') % 1000003 / 1000003 AS lat,
    hash(i, 'group') % 300 = 0 AS is_group,
    hash(i, 'repeat') % 100 < 4 AS is_repeat_national,
    CASE WHEN hash(i, 'repeat') % 100 < 2 THEN strftime(received_at - INTERVAL 40 DAY, '%y%m%d') || lpad((i // 2)::VARCHAR, 10, '0') END
        AS repeat_of,
    hash(i, 'key') % 1000 = 0 AS is_key_case,
    CASE WHEN hash(i, 'key') % 1000 = 0 THEN '局长' END AS leader,
    CASE WHEN hash(i, 'supervised') % 400 = 0 THEN '省级' END AS supervise_level,
    hash(i, 'backlog') % 2000 = 0 AS is_backlog,
    CASE WHEN hash(i, 'fined') % 40 = 0 THEN '罚款' || (1 + hash(i, 'fine') % 90) || '万元' END AS penalty,
    CASE WHEN closed_at IS NOT NULL THEN ['已解决', '已解决', '部分解决', '未解决'][1 + (hash(i, 'solved') % 4)::INTEGER] END AS solved,
    hash(i, 'returned') % 80 = 0 AS is_returned,
    hash(i, 'reworked') % 90 = 0 AS is_reworked,
    ['王', '李', '张', '刘', '陈'][1 + (hash(i, 'person') % 5)::INTEGER] || '**' AS petitioner_name,
    '13' || (hash(i, 'phone') % 10) || '****' || lpad((hash(i, 'end') % 10000)::VARCHAR, 4, '0') AS petitioner_phone,
    hash(i, 'anonymous') % 12 = 0 AS is_anonymous,
    '反映' || replace(branch, '分局', '') || '第' || (hash(i, 'house') % 200) || '号附近'
        || ['夜间气味刺鼻，影响居民休息', '凌晨仍在施工，噪声很大', '污水直排沟渠，水体发黑', '油烟直排，窗户不敢打开', '粉尘飘落，车辆未冲洗']
            [1 + (hash(i, 'what') % 5)::INTEGER]
        || '，已持续' || (1 + hash(i, 'since') % 60) || '天，多次向物业反映未果，要求' || ['停产整改', '依法查处', '加装治理设施', '答复处理结果']
            [1 + (hash(i, 'wish') % 4)::INTEGER] || '。编号' || hash(i, 'text')::VARCHAR AS content,
    CASE WHEN closed_at IS NOT NULL THEN '经现场核查，反映情况' || ['属实', '部分属实', '不属实'][1 + (hash(i, 'true') % 3)::INTEGER]
        || '，已责令' || (1 + hash(i, 'within') % 30) || '日内完成整改，并将加强巡查频次，防止问题反弹。文号' || (hash(i, 'letter') % 1000000) END
        AS result,
    coalesce(closed_at, accepted_at, received_at) AS modified_at,
    status AS status_raw,
    channel AS channel_raw,
    $as_of AS edition_at,
    5 AS progress,
    md5(i::VARCHAR)[1:24] AS row_hash,
    CASE WHEN hash(i, 'co') % 100 < 4 THEN [$branches[1 + (hash(i, 'co-branch') % len($branches))::INTEGER]] ELSE [] END
        AS co_branches,
    replace(branch, '分局', '') || '某' || ['化工', '餐饮', '采石', '建筑工地', '养殖', '机械', '水泥', '印染'][1 + (hash(branch, floor(place * place * 4000)) % 8)::INTEGER]
        || '厂' || floor(place * place * 4000)::INTEGER AS site_name,
    '黄石市' || replace(branch, '分局', '') || ['团城山', '东方山', '磁湖', '汪仁', '金山'][1 + (hash(branch, floor(place * place * 4000)) % 5)::INTEGER]
        || '街道' || (hash(i, 'house') % 200) || '号' AS site_address,
    kind.types AS pollution,
    kind.subs AS pollution_sub,
    ['化工', '餐饮业', '建筑业', '采矿业', '养殖业', NULL][1 + (hash(i, 'industry') % 6)::INTEGER] AS industry,
    CASE WHEN hash(i, 'persons') % 10 = 0 THEN (1 + hash(i, 'many') % 12)::INTEGER END AS persons,
    hash(i, 'repeat') % 100 < 7 AS is_repeat_local,
    hash(i, 'repeat') % 100 < 7 AS is_repeat,
    FALSE AS is_repeat_inferred,
    md5((hash(i, 'person') % ($many * 0.7)::BIGINT)::VARCHAR) AS petitioner_key,
    CASE WHEN closed_at IS NOT NULL THEN ['属实', '部分属实', '不属实'][1 + (hash(i, 'true') % 3)::INTEGER] END AS substantiated,
    closed_at + to_days(2) AS revisited_at,
    CASE WHEN closed_at IS NULL THEN NULL WHEN hash(i, 'rated') % 100 < 66 THEN '已评价'
         WHEN closed_at > $as_of - INTERVAL 30 DAY THEN '待评价' ELSE '超期未评价' END AS rating_state,
    CASE WHEN closed_at IS NOT NULL AND hash(i, 'rated') % 100 < 66
         THEN CASE WHEN hash(i, 'rating') % 100 < 8 THEN '不满意' WHEN hash(i, 'rating') % 100 < 30 THEN '基本满意' ELSE '满意' END
    END AS rating,
    rating AS rating_raw,
    rating AS first_rating,
    CASE WHEN hash(i, 'rated') % 100 < 66 THEN closed_at + to_days(3) END AS rated_at,
    closed_at + to_days(30) AS rating_due_at,
    CASE WHEN hash(i, 'rated') % 100 < 66 AND hash(i, 'rating') % 100 < 8 THEN '整改不到位，仍有' || kind.types[1] || '污染' END
        AS dissatisfied_reason,
    0 AS reopened_count,
    CASE WHEN hash(i, 'changed') % 100 = 0 THEN 1 ELSE 0 END AS rating_changes,
    ['received_at', 'accepted_at', 'closed_at', 'status', 'channel', 'branch', 'rating', 'pollution', 'is_repeat_local']
        AS fields,
    $as_of AS as_of,
    1 AS batch_no,
    'bench.csv' AS file_name,
    (i + 2)::INTEGER AS row_no
FROM told
ORDER BY received_at, case_key
