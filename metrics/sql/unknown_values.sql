-- One row per text that the table of values of a field does not know, with how many cases have it; the most first.
SELECT * FROM (
    SELECT '办理状态' AS 字段, status_raw AS 原文, count(*)::INTEGER AS 件数 FROM cases WHERE status = '未识别' GROUP BY 2
    UNION ALL
    SELECT '渠道', channel_raw, count(*)::INTEGER FROM cases WHERE channel = '未识别' GROUP BY 2
    UNION ALL
    SELECT '满意度', rating_raw, count(*)::INTEGER FROM cases WHERE rating = '未识别' GROUP BY 2
    UNION ALL
    SELECT '污染类型', '未识别的类型', count(*)::INTEGER FROM cases WHERE list_contains(pollution, '未识别')
)
WHERE 件数 > 0
ORDER BY 件数 DESC, 字段, 原文
