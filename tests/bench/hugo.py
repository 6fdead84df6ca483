"""A Hugo site that builds the same kinds of pages from the same notices."""

from pathlib import Path

CONFIG = """
baseURL = "https://yangquan-quality-award.example/"
languageCode = "zh-CN"
title = "阳泉市质量奖公示平台"
enableRobotsTXT = true
timeout = "600s"
[taxonomies]
kind = "kinds"
county = "counties"
edition = "editions"
year = "years"
[pagination]
pagerSize = 20
[outputFormats.rss20]
mediaType = "application/rss+xml"
baseName = "rss"
isPlainText = false
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "atom"
isPlainText = false
[mediaTypes."application/atom+xml"]
suffixes = ["atom"]
[mediaTypes."application/feed+json"]
suffixes = ["feed"]
[outputFormats.jsonfeed]
mediaType = "application/feed+json"
baseName = "feed"
isPlainText = true
[outputs]
home = ["html"]
section = ["html", "rss20", "atom", "jsonfeed"]
taxonomy = ["html"]
term = ["html", "rss20", "atom", "jsonfeed"]
page = ["html"]
[markup.goldmark.renderer]
unsafe = false
"""

# Head and frame of about the portal's size, every name written out as there.
BASE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{{ .Title }} - {{ site.Title }}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="stylesheet" href="/static/site.css">
<script src="/static/site.js" defer></script>
<meta name="SiteName" content="{{ site.Title }}">
<meta name="ColumnName" content="公告公示">
{{ if .IsPage }}<meta name="ArticleTitle" content="{{ .Title }}">
<meta name="PubDate" content="{{ .Date.Format "2006-01-02 15:04" }}">
<meta property="og:title" content="{{ .Title }}">
<meta property="og:url" content="{{ .Permalink }}">
<script type="application/ld+json">{{ dict "@context" "https://schema.org" "@type" "NewsArticle" \
"headline" .Title "datePublished" (.Date.Format "2006-01-02T15:04:05-07:00") \
"mainEntityOfPage" .Permalink | jsonify | safeJS }}</script>{{ end }}
<link rel="canonical" href="{{ .Permalink }}">
</head>
<body>
<a class="skip" href="#main">跳到正文</a>
<header class="top"><div class="wide bar"><div class="brand"><a href="/">{{ site.Title }}</a>
<p>阳泉市标准化和质量强市领导小组办公室</p></div>
<form class="find" role="search" action="/search/"><label class="unseen" for="q">搜索本站</label>
<input id="q" name="q" type="search" maxlength="80"><button>搜索</button></form></div>
<nav class="main" aria-label="主导航"><ul class="wide"><li><a href="/">首页</a></li>
<li><a href="/guide/">政策解读</a></li><li><a href="/check/">申报自查</a></li>
<li><a href="/downloads/">表格下载</a></li><li><a href="/notices/">公告公示</a></li>
<li><a href="/winners/">获奖名单</a></li><li><a href="/faq/">常见问题</a></li>
<li><a href="/press/">新闻媒体</a></li></ul></nav></header>
<main id="main" tabindex="-1">{{ block "main" . }}{{ end }}</main>
<footer class="foot"><div class="wide"><ul class="foot-links">
<li><a href="/about/">关于本站</a></li>
<li><a href="/privacy/">隐私说明</a></li><li><a href="/accessibility/">无障碍说明</a></li>
<li><a href="/press/">订阅与转载</a></li></ul>
<dl class="foot-facts"><div><dt>主办单位</dt><dd>阳泉市标准化和质量强市领导小组办公室</dd></div>
<div><dt>联系电话</dt><dd>2880836</dd></div></dl></div></footer>
</body></html>
"""

SINGLE = """{{ define "main" }}<article class="doc"><header class="doc-head"><h1>{{ .Title }}</h1>
<dl class="meta"><div><dt>发文机关</dt><dd>阳泉市标准化和质量强市领导小组办公室</dd></div>
<div><dt>发布日期</dt><dd>{{ .Date.Format "2006-01-02 15:04" }}</dd></div></dl></header>
{{ with .Params.days }}<section class="window"><h2>公示期</h2><table><thead><tr><th>日期</th>
<th>说明</th><th>计数</th></tr></thead><tbody>{{ range . }}<tr><td>{{ .date }}</td>
<td>{{ .reason }}</td><td>{{ .count }}</td></tr>{{ end }}</tbody></table></section>{{ end }}
<div class="body">{{ .Content }}</div></article>{{ end }}
"""

LIST = """{{ define "main" }}<h1>{{ .Title }}</h1>
{{ $pages := .RegularPages }}{{ if eq .Kind "term" }}{{ $pages = .Pages }}{{ end }}
{{ $paginator := .Paginate $pages.ByDate.Reverse }}
<ul class="notices">{{ range $paginator.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
<span class="kind">{{ index .Params.kinds 0 }}</span>
<time datetime="{{ .Date.Format "2006-01-02T15:04:05-07:00" }}">
{{ .Date.Format "2006-01-02" }}</time></li>{{ end }}</ul>
<nav>{{ if $paginator.HasPrev }}<a href="{{ $paginator.Prev.URL }}">较新</a>{{ end }}
{{ if $paginator.HasNext }}<a href="{{ $paginator.Next.URL }}">较早</a>{{ end }}</nav>{{ end }}
"""

HOME = """{{ define "main" }}<h1>{{ site.Title }}</h1><ul>
{{ range first 8 site.RegularPages.ByDate.Reverse }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
"""

TERMS = """{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
"""

_PAGES = """{{ $pages := .RegularPages }}{{ if eq .Kind "term" }}{{ $pages = .Pages }}{{ end -}}
"""

RSS = (
    """{{ printf "<?xml version=\\"1.0\\" encoding=\\"UTF-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>{{ .Title }}</title><link>{{ .Permalink }}</link><description>{{ site.Title }}</description>
"""
    + _PAGES
    + """{{ range first 50 $pages.ByDate.Reverse }}<item><title>{{ .Title }}</title>
<link>{{ .Permalink }}</link><guid isPermaLink="false">{{ .RelPermalink }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<content:encoded>{{ .Content | transform.XMLEscape | safeHTML }}</content:encoded></item>{{ end }}
</channel></rss>
"""
)

ATOM = (
    """{{ printf "<?xml version=\\"1.0\\" encoding=\\"UTF-8\\"?>" | safeHTML }}
<feed xmlns="http://www.w3.org/2005/Atom"><id>{{ .Permalink }}</id><title>{{ .Title }}</title>
"""
    + _PAGES
    + """{{ range first 50 $pages.ByDate.Reverse }}<entry><id>{{ .Permalink }}</id>
<title>{{ .Title }}</title><link href="{{ .Permalink }}"/>
<updated>{{ .Date.Format "2006-01-02T15:04:05-07:00" }}</updated>
<content type="html">{{ .Content | transform.XMLEscape | safeHTML }}</content></entry>{{ end }}
</feed>
"""
)

JSON = (
    _PAGES
    + """{{ $items := slice }}{{ range first 50 $pages.ByDate.Reverse -}}
{{ $items = $items | append (dict "id" .Permalink "url" .Permalink "title" .Title \
"content_html" .Content "date_published" (.Date.Format "2006-01-02T15:04:05-07:00")) }}{{ end -}}
{{ dict "version" "https://jsonfeed.org/version/1.1" "title" .Title "items" $items | jsonify }}
"""
)


def write_site(folder: Path) -> None:
    """Configuration and layouts."""
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(CONFIG, encoding="utf-8")
    files = {
        "baseof.html": BASE,
        "single.html": SINGLE,
        "list.html": LIST,
        "term.html": LIST,
        "taxonomy.html": TERMS,
        "home.html": HOME,
    }
    for kind in ("section", "term"):
        files[f"{kind}.rss20.xml"] = RSS
        files[f"{kind}.atom.atom"] = ATOM
        files[f"{kind}.jsonfeed.feed"] = JSON
    for name, text in files.items():
        joined = text.replace("\\\n", "")
        (layouts / name).write_text(joined, encoding="utf-8")
