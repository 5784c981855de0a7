"""What of a petitioner may enter the store: nothing in clear.

Names and telephones are masked when a row is read, a keyed hash serves for recognising the same person again, and
every text is redacted of telephones, ID numbers, plates, mail addresses, door numbers and names. Over-masking costs a
word; under-masking costs a person. Rests on 信访工作条例 arts. 30 and 46 and 个人信息保护法 arts. 28, 34, 51.
"""

import hmac
import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

from data.text import clean, comparable

COMPOUND = [
    "欧阳",
    "太史",
    "端木",
    "上官",
    "司马",
    "东方",
    "独孤",
    "南宫",
    "万俟",
    "闻人",
    "夏侯",
    "诸葛",
    "尉迟",
    "公羊",
    "赫连",
    "澹台",
    "皇甫",
    "宗政",
    "濮阳",
    "公冶",
    "太叔",
    "申屠",
    "公孙",
    "慕容",
    "仲孙",
    "钟离",
    "长孙",
    "宇文",
    "司徒",
    "鲜于",
    "司空",
    "闾丘",
    "子车",
    "亓官",
    "司寇",
    "巫马",
    "公西",
    "颛孙",
    "壤驷",
    "公良",
    "漆雕",
    "乐正",
    "宰父",
    "谷梁",
    "拓跋",
    "夹谷",
    "轩辕",
    "令狐",
    "段干",
    "百里",
    "呼延",
    "东郭",
    "南门",
    "羊舌",
    "微生",
    "梁丘",
    "左丘",
    "东门",
    "西门",
    "第五",
]
_SINGLE = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅付方白"
    "邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁"
    "尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜"
    "冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮"
    "粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰"
    "赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_HAN = "\u4e00-\u9fff"
_NAME = rf"(?:[{_HAN}]{{2,8}}·[{_HAN}]{{2,10}}|(?:{'|'.join(COMPOUND)})[{_HAN}]{{1,2}}|[{_SINGLE}][{_HAN}]{{1,2}})"
_INTRODUCTION = r"(?:我叫做?|本人叫?|我的名字叫?|我是|名叫|联系人|联系方式|姓\s*名|举报[人者]|投诉[人者]|信访[人者]|来信人|来访人|来电人|致电人|反映[人者]|诉求人|求助[人者]|当事人|申请人|业主|居民|村民|市民|群众|代理人|户主)"
_INTRODUCED = re.compile(rf"({_INTRODUCTION}(?:姓名)?\s*[是为叫:：,，、(（\s]{{0,3}})(?!满意)({_NAME})")
_ADDRESSED = "|".join(rf"(?<={verb})" for verb in ("告知", "回复", "答复", "联系", "回访", "致电", "通知", "询问"))
_BEFORE_PHONE = re.compile(
    rf"(?:(?<![{_HAN}])|{_ADDRESSED})(?!方式|时间|电话)({_NAME})(?=[,，:：\s(（]{{0,2}}1[3-9]\d[\d*]{{8}}|[(（]联系人)"
)
_SPEAKING = re.compile(rf"(?:^|(?<=[、，。；,;的]))({_NAME})(?=反映|投诉|举报|来电|来信|来访|致电)")
_TITLE = re.compile("先生|女士|小姐|同志|师傅|老师|大爷|大妈|阿姨|老人|婆婆")
_TITLED = re.compile(rf"({_NAME})(?={_TITLE.pattern})")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?([(（]?)(1[3-9]\d)((?:[-\s.)）]{0,2}\d){8})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}[-—\s]?\d{7,8}|400[-\s]?\d{3}[-\s]?\d{4})(?!\d)")
_CALLED = re.compile(r"((?:电话|座机|手机|号码|热线|致电|联系方式)\s*[是为:：]?\s*)(\d[\d\-\s]{5,12}\d)")
_ID_NUMBER = re.compile(
    r"(?<!\d)([1-8]\d{5})((?:18|19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{3}[\dXx]?)(?![\dXx])"
)
_BANK_CARD = re.compile(r"(?<!\d)(?:62|4|5)\d{2}[\s]?\d{4}[\s]?\d{4}[\s]?\d{4}(?:[\s]?\d{1,3})?(?!\d)")
_NUMBER_CELL = re.compile(r"\d{7,12}\.0+|\d\.\d{9,11}E\+?1[01]", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d[\d\-—\s.)）]{4,}\d")
_MAIL = re.compile(r"[A-Za-z0-9_.+-]+@[\w-]+(?:\.[\w-]+)+")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{4,5}[A-Z0-9挂学警]"
)
_ACCOUNT = re.compile(r"((?:微信|QQ|qq|VX|vx|wx)(?:号码|号)?\s*[是为:：]?\s*)([A-Za-z0-9_-]{5,20})")
_NUMBER = r"(?:\d+|[一二三四五六七八九十百]+|[A-Za-z]\d*)"
_DOOR = re.compile(
    rf"{_NUMBER}\s*(?:号楼|栋|幢|座|单元|室|户|房|层)(?:\s*{_NUMBER}\s*(?:号楼|栋|幢|座|单元|室|户|房|层|号))*(?:\s*-?\d{{2,4}}(?!\d|[年月日天次件人米分]))?"
)
_LIVES = re.compile(
    rf"((?:家住|住在|住址|家庭地址|现住|户籍地?|居住(?:在|于|地)?|我住|本人住|[我本]?家在)[^，。；;,\n]{{0,30}}?)({_NUMBER}\s*号|\d+-\d+(?:-\d+)*)"
)


@lru_cache(maxsize=1 << 16)
def mask_name(text: str) -> str:
    """Return 张** for 张三丰 and 欧阳* for 欧阳修; what is masked already, or says 匿名, stays."""
    name = clean(text)
    if not name or "*" in name or comparable(name) in ("匿名", "匿名者", "不详", "无", "某某"):
        return name
    surname = name[:2] if len(name) > 2 and name[:2] in COMPOUND else name[0]
    return surname + "*" * max(1, min(len(name) - len(surname), 2))


@lru_cache(maxsize=1 << 12)
def phone_numbers(text: str) -> tuple[str, ...]:
    """Return the telephone numbers in a cell as digits, country code and trunk zero dropped; masked ones give none."""
    found = []
    for part in re.split(r"[,，、;；/|\n]", clean(text)):
        if "*" in part:
            continue
        part = _NUMBER_CELL.sub(lambda m: str(int(float(m[0]))), part.strip())
        digits = re.sub(r"\D", "", part)
        pieces = re.findall(r"1[3-9]\d{9}", digits) if len(digits) > 13 else [digits]
        for piece in pieces:
            number = piece.removeprefix("0086").removeprefix("86") if len(piece) > 11 else piece
            if 7 <= len(number.lstrip("0")) <= 12:
                found.append(number.lstrip("0"))
    return tuple(found)


def mask_phone(text: str) -> str:
    """Return 138****5678, several numbers joined by 、; nothing readable gives an empty text."""
    if "*" in text:
        return redact(text)
    return "、".join(_mask_number(number) for number in phone_numbers(text))


def _mask_number(number: str) -> str:
    if len(number) < 10:
        return "****" + number[-4:]
    return (number[:3] if number.startswith("1") else "0" + number[:3]) + "****" + number[-4:]


def petitioner_key(secret: bytes, name: str, phone: str, id_number: str) -> str:
    """Return the hashes by which the same person is recognised, joined by spaces; empty for somebody unknown.

    Each telephone and the ID number give one; the name alone serves only where there is neither.
    """
    known = [f"phone:{number}" for number in phone_numbers(phone)]
    if len(id_text := comparable(id_number).upper()) >= 15 and "*" not in id_text:
        known.append(f"id:{id_text}")
    plain_name = comparable(name)
    if not known and len(plain_name) > 1 and "*" not in plain_name and not plain_name.startswith(("匿名", "不详")):
        known.append(f"name:{plain_name}")
    return " ".join(sorted({hmac.digest(secret, k.encode(), "sha256").hex()[:24] for k in known}))


def redact(text: str, known: tuple[str, ...] = ()) -> str:
    """Return `text` without personal data; `known` are this row's own name and address, to be found anywhere in it."""
    for word in known:
        if word in text:
            text = text.replace(word, mask_name(word) if len(word) <= 4 else "（住址略）")
    return _redact(text)


@lru_cache(maxsize=1 << 16)
def _redact(text: str) -> str:
    if any(digit in text for digit in "0123456789@"):
        text = _redact_numbers(text)
    if len(text) < 3 or text.isascii():
        return text
    if _has_home(text):
        text = _LIVES.sub(r"\1**", _DOOR.sub("**", text))
    text = _BEFORE_PHONE.sub(lambda m: mask_name(m[1]), text)
    text = _SPEAKING.sub(lambda m: mask_name(m[1]), text)
    text = _INTRODUCED.sub(lambda m: m[1] + mask_name(m[2]), text)
    return _TITLED.sub(lambda m: mask_name(m[1]), text) if _TITLE.search(text) else text


def _has_home(text: str) -> bool:
    return any(sign in text for sign in ("栋", "幢", "单元", "室", "号楼", "户", "房", "层", "住", "家在"))


def _redact_numbers(text: str) -> str:
    if "@" in text:
        text = _MAIL.sub("***@***", text)
    text = _ACCOUNT.sub(r"\1****", text)
    text = _PLATE.sub(lambda m: m[0][:2] + "*****", text)
    if not _LONG_NUMBER.search(text):
        return text
    text = _ID_NUMBER.sub(_mask_id, text)
    text = _MOBILE.sub(_mask_mobile, text)
    text = _LANDLINE.sub(lambda m: "****" + m[0][-4:], text)
    text = _CALLED.sub(r"\1****", text)
    return _BANK_CARD.sub(lambda m: "****" + m[0][-4:], text)


def _mask_mobile(found: re.Match) -> str:
    """Mask a telephone; a bracket that is closed within the number goes, one around it stays."""
    bracket, begins, rest = found.groups()
    return ("" if re.search("[)）]", rest) else bracket) + begins + "****" + re.sub(r"\D", "", rest)[-4:]


def _mask_id(found: re.Match) -> str:
    """Mask what has a date of birth where an ID number has one: a case number of 18 digits has none."""
    birth = found[2] if len(found[2]) == 8 else "19" + found[2]
    long_enough = len(found[0]) in (15, 18)
    try:
        plausible = long_enough and 1900 <= date(int(birth[:4]), int(birth[4:6]), int(birth[6:])).year <= 2100
    except ValueError:
        plausible = False
    return f"{found[1]}********{found[3][-4:]}" if plausible else found[0]


_LAST_BIRTH_YEAR = 2012  # of somebody who writes petitions; a number with a later date in it is a case number
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_personal_number(number: str) -> bool:
    """Tell whether what stands in a number's column is an ID number (by its check digit), or a name or telephone in words."""
    if len(number) == 18 and _ID_NUMBER.fullmatch(number) and int(number[6:10]) <= _LAST_BIRTH_YEAR:
        return (
            "10X98765432"[sum(int(d) * w for d, w in zip(number, _ID_WEIGHTS, strict=False)) % 11] == number[-1].upper()
        )
    return not number.isascii() and redact(number) != number


_WORD = re.compile(rf"(?<![{_HAN}·])[{_HAN}·]{{2,9}}(?![{_HAN}·])")


def mask_lone_names(text: str, known: Collection[str] = ()) -> str:
    """Return a typed text in which every word that is a name and nothing else is masked; `known` words are none."""
    is_name = re.compile(_NAME).fullmatch
    return _WORD.sub(lambda m: mask_name(m[0]) if is_name(m[0]) and m[0] not in known else m[0], text)


_LOOKS_LIKE_DATA = re.compile(r"\d{4,}|\d+[-/.年月]\d+")


def show_headings(headings: Iterable[str]) -> list[str]:
    """Return headings as a message may show them: a file without a heading offers its first row's people instead."""
    texts = list(headings)
    if not any(_LOOKS_LIKE_DATA.search(text) or redact(text) != text for text in texts):
        return texts
    return [mask_name(shown) if re.fullmatch(_NAME, shown) else shown for shown in map(redact, texts)]
